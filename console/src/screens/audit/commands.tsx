import type { Query } from '../../api/address.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import type { CommandEntry } from '../../history/command-entry.js';
import { useOpenHref } from '../../history/event-panel.js';
import { useFreshList } from '../../history/use-fresh-list.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { type Column, Rows } from '../../ui/rows.js';
import { Time } from '../../ui/time.js';
import type { Tone } from '../../ui/tone.js';
import { OverTime } from './over-time.js';

export const NEWEST = '-received_at';

const TONES: Readonly<Record<string, Tone>> = {
  accepted: 'good',
  replayed: 'calm',
  dry_run: 'calm',
  refused: 'warn',
  unknown: 'warn',
  failed: 'bad',
};
/** What became of a command, by word and colour. */
export const Outcome = ({ entry }: { readonly entry: CommandEntry }) => (
  <Badge word={entry.denied ? 'denied' : entry.outcome} tone={TONES[entry.outcome] ?? 'calm'} />
);

const whereOf = ({ source, via, ip_address }: CommandEntry): string =>
  [source, via, ip_address].filter((one) => one !== null && one !== '').join(', ');

const COLUMNS: readonly Column<CommandEntry>[] = [
  {
    name: 'when',
    label: 'When',
    width: '10.5rem',
    sort: 'received_at',
    cell: (one) => <Time at={one.received_at} />,
  },
  {
    name: 'who',
    label: 'Who',
    width: 'minmax(7rem, 1fr)',
    sort: 'actor',
    cell: ({ actor }) => actor ?? <span className="faint">nobody</span>,
  },
  {
    name: 'what',
    label: 'What',
    width: 'minmax(14rem, 1.5fr)',
    sort: 'command_type',
    cell: ({ command_type, aggregate_type, aggregate_id }) => (
      <>
        <strong>{command_type ? wordsOf(command_type) : 'Unreadable'}</strong>{' '}
        {aggregate_type && aggregate_id && (
          <span title={`${wordsOf(aggregate_type)} ${aggregate_id}`}>
            <ThingLink type={aggregate_type} id={aggregate_id} />
          </span>
        )}
      </>
    ),
  },
  {
    name: 'outcome',
    label: 'Outcome',
    width: '8rem',
    sort: 'outcome',
    cell: (one) => <Outcome entry={one} />,
  },
  {
    name: 'where',
    label: 'Where',
    width: 'minmax(7rem, 0.8fr)',
    sort: 'source',
    cell: (one) => <span title={whereOf(one)}>{whereOf(one)}</span>,
  },
  {
    name: 'why',
    label: 'Why',
    width: 'minmax(14rem, 2fr)',
    cell: ({ code, message, business_justification }) => {
      const said = message ?? business_justification ?? '';
      if (said === '' && code === null) return <span className="faint">–</span>;
      return (
        <span title={said}>
          {code && <code>{code}</code>} <Told text={said} />
        </span>
      );
    },
  },
];

/** Every command that came in, accepted or not. */
export const Commands = ({
  query,
  what,
}: {
  readonly query: Query;
  readonly what: 'commands' | 'refusals';
}) => {
  const { get, patch } = useUrlState();
  const openHref = useOpenHref('/audit');
  const sort = get('sort') ?? NEWEST;
  const list = useFreshList<CommandEntry>('/views/commands', { ...query, sort });
  return (
    <div className="stack">
      <OverTime path="/views/commands" query={query} field="received_at" what={what} />
      <section className="card history-list" aria-label={what}>
        <header>
          <h2>
            <span role="status">
              {list.total === undefined
                ? wordsOf(what)
                : `${list.total.toLocaleString('en')} ${what}`}
            </span>
          </h2>
        </header>
        <Rows
          list={list}
          columns={COLUMNS}
          keyOf={({ entry_id }) => entry_id}
          href={({ entry_id }) => openHref(entry_id)}
          sort={sort}
          onSort={(next) => patch({ sort: next === NEWEST ? null : next }, { replace: true })}
          label={wordsOf(what)}
          empty={
            <Empty title={what === 'refusals' ? 'Nothing was refused' : 'No commands match'}>
              {what === 'refusals'
                ? 'Every command of these days and filters was accepted.'
                : 'Take a filter away, or choose other days.'}
            </Empty>
          }
        />
      </section>
    </div>
  );
};
