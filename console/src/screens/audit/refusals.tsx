import type { Query } from '../../api/address.js';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import { Answered } from '../../ui/answered.js';
import { Commands } from './commands.js';
import { instantsOf, type Period } from './period.js';

const SHOWN = 8;

type Names = {
  readonly shown: readonly { readonly value: string | null; readonly count: number }[];
  readonly more: number;
};
type Rejections = {
  readonly rejections: number;
  readonly denials: number;
  readonly by_code: Names;
  readonly by_actor: Names;
  readonly by_command_type: Names;
};

/** How often each; a click narrows the list below. */
const Counted = ({
  label,
  field,
  names,
  name = (value) => value,
}: {
  readonly label: string;
  readonly field: string;
  readonly names: Names;
  readonly name?: (value: string) => string;
}) => {
  const { all, patch } = useUrlState();
  const top = Math.max(1, ...names.shown.map(({ count }) => count));
  const chosen = all(field);
  const rest = names.more + Math.max(0, names.shown.length - SHOWN);
  const toggle = (value: string): void =>
    patch({
      [field]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
    });
  return (
    <div className="counted">
      <h3>{label}</h3>
      <ul>
        {names.shown.slice(0, SHOWN).map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              className="counted-row"
              disabled={value === null}
              aria-pressed={value !== null && chosen.includes(value)}
              onClick={() => value !== null && toggle(value)}
            >
              <span className="ellipsis">{value === null ? 'not known' : name(value)}</span>
              <span className="num">{count.toLocaleString('en')}</span>
              <span
                className="counted-bar"
                aria-hidden="true"
                style={{ width: `${(count / top) * 100}%` }}
              />
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="small soft">{rest.toLocaleString('en')} more</p>}
    </div>
  );
};

/** What was refused: how often, by which rule, and to whom; then one by one. */
export const Refusals = ({ query, period }: { readonly query: Query; readonly period: Period }) => {
  const answer = useAnswer<Report<Rejections>>('/views/commands/rejections', instantsOf(period));
  return (
    <div className="stack">
      <section className="card" aria-label="Refusals in numbers">
        <header>
          <h2>In numbers</h2>
          <span className="small soft">Of these days, whatever else is filtered</span>
        </header>
        <div className="body">
          <Answered answer={answer}>
            {({ answer: { rejections, denials, by_code, by_actor, by_command_type } }) => (
              <div className="stack">
                <p>
                  {rejections.toLocaleString('en')} refused, {denials.toLocaleString('en')} of them
                  because somebody was not allowed to.
                </p>
                {rejections > 0 && (
                  <div className="counted-all">
                    <Counted label="By rule" field="code" names={by_code} />
                    <Counted label="By person" field="actor" names={by_actor} />
                    <Counted
                      label="By command"
                      field="command_type"
                      names={by_command_type}
                      name={wordsOf}
                    />
                  </div>
                )}
              </div>
            )}
          </Answered>
        </div>
      </section>
      <Commands query={query} what="refusals" />
    </div>
  );
};
