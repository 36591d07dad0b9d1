import { useState } from 'react';
import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { useKinds } from '../../api/use-kinds.js';
import { useUrlState } from '../../api/use-url-state.js';
import type { Resident } from '../../api/wire.js';
import { NameText, ThingLink } from '../../names/thing-link.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Dialog } from '../../ui/dialog.js';
import { Empty } from '../../ui/empty.js';
import { Notice } from '../../ui/notice.js';
import { Problem } from '../../ui/problem.js';
import { SearchBox } from '../../ui/search-box.js';
import { Time } from '../../ui/time.js';
import { useOperation } from '../projections/use-operation.js';

const EVERY_MS = 3_000;
const SHOWN = 100;

type Residents = {
  readonly residents: number;
  readonly matching: number;
  readonly actors: readonly Resident[];
};

/** What the server says when an actor cannot leave memory now. */
type Passivated = { readonly passivated: boolean; readonly reason: string | null };

const Passivate = ({
  actor,
  onClose,
  onDo,
}: {
  readonly actor: Resident;
  readonly onClose: () => void;
  readonly onDo: () => void;
}) => (
  <Dialog
    title="Let this actor leave memory?"
    onClose={onClose}
    footer={
      <>
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button primary" onClick={onDo}>
          Passivate
        </button>
      </>
    }
  >
    <p>
      {actor.aggregate_type} <NameText type={actor.aggregate_type} id={actor.aggregate_id} /> leaves
      the memory of this node, as idle ones do by themselves. Nothing is lost: its events are in the
      log, and the next command loads it again.
    </p>
  </Dialog>
);

/** The actors in the memory of this node, the last used first. */
export const Actors = () => {
  const { get, patch } = useUrlState();
  const kinds = useKinds();
  const { error, run, running } = useOperation();
  const [asked, setAsked] = useState<Resident>();
  const [came, setCame] = useState<Passivated>();
  const answer = useAnswer<Residents>(
    '/actors',
    { aggregate_type: get('type'), search: get('search'), limit: SHOWN },
    { everyMs: EVERY_MS, follows: [] },
  );
  const passivate = async ({ aggregate_type, aggregate_id }: Resident): Promise<void> => {
    setAsked(undefined);
    setCame(
      await run('passivate', `/actors/${seg(aggregate_type)}/${seg(aggregate_id)}/passivate`),
    );
  };
  return (
    <section className="card" aria-label="Actors">
      <header>
        <h2>Actors in memory</h2>
        <div className="row">
          <SearchBox label="Id contains" />
          <select
            className="input actor-type"
            aria-label="Type"
            value={get('type') ?? ''}
            onChange={({ target }) => patch({ type: target.value })}
          >
            <option value="">All types</option>
            {kinds.map(({ type }) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </div>
      </header>
      <div className="body stack">
        {error && <Problem error={error} />}
        {came && (
          <Notice tone={came.passivated ? 'good' : 'warn'}>
            <p>
              {came.passivated
                ? 'It has left memory. The next command loads it again.'
                : `It stays: ${came.reason ?? 'it is in use'}.`}
            </p>
          </Notice>
        )}
        <Answered answer={answer}>
          {({ residents, matching, actors }) =>
            actors.length === 0 ? (
              <Empty title={residents === 0 ? 'No actor is in memory' : 'No actors match'}>
                <p>An actor is loaded by the first command to it.</p>
              </Empty>
            ) : (
              <>
                <p className="small soft">
                  {residents.toLocaleString('en')} in memory
                  {matching !== residents && `, ${matching.toLocaleString('en')} match`}
                  {matching > actors.length && `; the ${actors.length} last used are shown`}
                </p>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
                <div className="table-wrap actors" tabIndex={0}>
                  <table className="table">
                    <thead>
                      <tr>
                        <th>Actor</th>
                        <th>State</th>
                        <th className="num">Version</th>
                        <th className="num">Inbox</th>
                        <th>Last command</th>
                        <th>
                          <span className="visually-hidden">What to do</span>
                        </th>
                      </tr>
                    </thead>
                    <tbody>
                      {actors.map((one) => (
                        <tr key={`${one.aggregate_type} ${one.aggregate_id}`}>
                          <td>
                            {one.aggregate_type}{' '}
                            <ThingLink type={one.aggregate_type} id={one.aggregate_id} />
                          </td>
                          <td>{one.status ? <Badge word={one.status} /> : 'loading'}</td>
                          <td className="num">{one.version}</td>
                          <td className="num">{one.inbox}</td>
                          <td>
                            {one.last_command ? (
                              <>
                                {one.last_command.command_type}: {one.last_command.outcome}
                                <div className="small soft">
                                  <Time at={one.last_command.at} />
                                </div>
                              </>
                            ) : (
                              <span className="faint">
                                none, used <Time at={one.last_used_at} />
                              </span>
                            )}
                          </td>
                          <td>
                            <button
                              type="button"
                              className="button small"
                              disabled={running !== null}
                              onClick={() => setAsked(one)}
                            >
                              Passivate
                            </button>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </>
            )
          }
        </Answered>
      </div>
      {asked && (
        <Passivate
          actor={asked}
          onClose={() => setAsked(undefined)}
          onDo={() => void passivate(asked)}
        />
      )}
    </section>
  );
};
