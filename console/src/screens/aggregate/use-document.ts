import type { UseQueryResult } from '@tanstack/react-query';
import { seg } from '../../api/address.js';
import type { PossibleCommand, StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { type Kind, useViews } from '../../api/use-kinds.js';
import { useMay } from '../../api/use-session.js';
import type { Change } from './attributes-of.js';
import { documentQuery, type Moment, sinceQuery } from './moment.js';
import type { StatusHistory } from './status-history.js';

export type Document = Readonly<Record<string, unknown>>;
type End = {
  readonly aggregate_version: number;
  readonly status: string;
  readonly recorded_at: string;
  readonly occurred_at: string;
} | null;
export type Difference = {
  readonly from: End;
  readonly to: End;
  readonly changes: readonly Change[];
};
export type Impossible = PossibleCommand & { readonly why: string };
export type Commands = {
  readonly aggregate_version: number;
  readonly status: string;
  readonly possible: readonly PossibleCommand[];
  readonly impossible: readonly Impossible[];
};

export const thingPath = ({ plural }: Kind, id: string): string => `/${plural}/${seg(id)}`;

/** What can be told to it now; also its status and version as the runtime knows them. */
export const useCommands = (kind: Kind, id: string): UseQueryResult<Commands, Error> =>
  useAnswer<Commands>(`${thingPath(kind, id)}/commands`, {}, { follows: [kind.type] });

/** The statuses it had, on the clock of the world. */
export const useStatusHistory = (kind: Kind, id: string): UseQueryResult<StatusHistory, Error> =>
  useAnswer<StatusHistory>(
    useMay('time_travel') ? `${thingPath(kind, id)}/statuses` : null,
    { clock: 'effective' },
    { follows: [kind.type], reflects: true },
  );

/** What is different between a moment and now: it also tells the status and version then. */
export const useSince = (
  kind: Kind,
  id: string,
  moment: Moment,
): UseQueryResult<Difference, Error> =>
  useAnswer<Difference>(
    moment.kind === 'now' ? null : `${thingPath(kind, id)}/diff`,
    sinceQuery(moment),
    { follows: [kind.type] },
  );

/** What one event changed, or several. */
export const useBetween = (
  kind: Kind,
  id: string,
  ends: { readonly from: number; readonly to: number } | undefined,
): UseQueryResult<Difference, Error> =>
  useAnswer<Difference>(ends ? `${thingPath(kind, id)}/diff` : null, ends, { follows: [] });

const fromChanges = (id: string, { to, changes }: Difference): Document => ({
  id,
  version: to?.aggregate_version,
  status: to?.status,
  ...Object.fromEntries(changes.map((one) => [one.field, one.to])),
});

/** The thing as it was. A type without a read model of its own is read from its history. */
export const useDocument = (
  kind: Kind,
  id: string,
  moment: Moment,
): UseQueryResult<Document, Error> => {
  const views = useViews();
  const shown = views.length === 0 || views.some(({ resource }) => resource === kind.type);
  const document = useAnswer<Document>(
    shown ? thingPath(kind, id) : null,
    documentQuery(moment),
    moment.kind === 'now' ? { reflects: true } : { follows: [kind.type] },
  );
  const { from, ...clock } = sinceQuery(moment);
  const folded = useAnswer<Difference>(
    shown ? null : `${thingPath(kind, id)}/diff`,
    { from: 0, to: from, ...clock },
    { follows: [kind.type] },
  );
  if (shown) return document;
  const data = folded.data && fromChanges(id, folded.data);
  return { ...folded, data } as UseQueryResult<Document, Error>;
};

export type HistoryEvent = StoredEvent;
export type HistoryPage = {
  readonly items: readonly HistoryEvent[];
  readonly total: number;
};
