import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import type { MomentQuery } from '../../ui/moment-picker.js';

type Environment = {
  readonly environment: string;
  readonly servers: number;
  readonly decommissioned: number;
  readonly orphans: number;
  readonly deployments: number;
  readonly applications: number;
};

const NAMES: Readonly<Record<string, string>> = {
  dev: 'Development',
  staging: 'Staging',
  prod: 'Production',
};

const many = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;

/** Per environment what there is; each leads to its servers. */
export const Environments = ({ moment }: { readonly moment: MomentQuery }) => {
  const { all, get, patch } = useUrlState();
  const answer = useAnswer<Report<{ environments: readonly Environment[] }>>(
    '/views/server-deployments/environments',
    { ...moment },
  );
  const isOnly = (environment: string): boolean =>
    all('environment').length === 1 && all('environment')[0] === environment;
  return (
    <Answered answer={answer}>
      {({ answer: { environments } }) => (
        <div className="environments">
          {environments.toReversed().map((one) => {
            const chosen = isOnly(one.environment);
            const alone = chosen && get('orphan') === 'true';
            return (
              <section key={one.environment} className="card figure" data-chosen={chosen}>
                <h2 className="label">{NAMES[one.environment] ?? one.environment}</h2>
                <span className="value">{one.servers.toLocaleString('en')}</span>
                <span className="soft small">
                  servers in service, {many(one.deployments, 'deployment')} of{' '}
                  {many(one.applications, 'application')}
                  {one.decommissioned > 0 && `, ${one.decommissioned} decommissioned`}
                </span>
                <div className="row">
                  <button
                    type="button"
                    className="button small"
                    aria-pressed={chosen && !alone}
                    onClick={() =>
                      patch({
                        environment: chosen && !alone ? null : one.environment,
                        orphan: null,
                      })
                    }
                  >
                    Show them
                  </button>
                  {one.orphans > 0 && (
                    <button
                      type="button"
                      className="button small"
                      aria-pressed={alone}
                      onClick={() =>
                        patch(
                          alone
                            ? { environment: null, orphan: null }
                            : { environment: one.environment, orphan: 'true' },
                        )
                      }
                    >
                      {one.orphans.toLocaleString('en')} run nothing
                    </button>
                  )}
                </div>
              </section>
            );
          })}
        </div>
      )}
    </Answered>
  );
};
