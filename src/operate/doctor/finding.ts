/** Something that is not as it must be. */
export type Finding = {
  readonly code: string;
  /**
   * `broken`: data is damaged or at risk, or readers see something wrong or old. `odd`: nothing is
   * lost, but somebody should know.
   */
  readonly grade: 'broken' | 'odd';
  readonly stream: string;
  readonly aggregate_id: string | null;
  readonly sequence: number | null;
  readonly what: string;
  readonly todo: string;
};

const RESTORE =
  'somebody wrote to the stream past Stele, or a disk lost data: find out who may publish there, and restore this aggregate from a backup or a replica';

/** What to do about each kind. */
const REMEDIES: Readonly<Record<string, string>> = {
  SERVER_UNFIT: 'run a newer nats-server',
  HEADS_UNREADABLE:
    'nodes do not know whether this stream lost its end: see that it is whole, then `stele accept-loss` writes the entry anew',
  STORE_FILES_GONE:
    'the server goes on with files that have no name any more, and loses all when it ends: put back what was moved away, else end Stele, restore the files from a backup, and start again',
  STORE_FULL: 'make room; commands are refused until there is',
  STORE_ROOM_LOW: 'make room before commands are refused: events are never removed',
  WRITES_REFUSED: 'see SteleEventStoreDown in docs/operations/runbook.md',
  STREAM_MISSING: '`stele serve` makes it at its next start',
  STREAM_UNKNOWN:
    'run `doctor` of the program whose store this is, or give this one its definition back',
  MESSAGE_UNREADABLE: RESTORE,
  MESSAGES_MISSING:
    'events were deleted, or a disk lost them: restore the stream from a backup or a replica; where there is none, `stele accept-loss` goes on without them, and the histories they belong to stay broken',
  STREAM_CUT:
    'a copy lags (ask again), or a file of it was cut: restore the stream, or have the server look at its files anew; see "Less is shown than there is" in docs/operations/runbook.md',
  SUBJECT_MISMATCH: RESTORE,
  CHAIN_BROKEN: RESTORE,
  HISTORY_MISFIT:
    'give the chart back the edge that was removed; if none was, the log was altered: restore it',
  UNKNOWN_EVENT: 'give the definition its event back, or run the program that knows it',
  EVENT_FROM_THE_FUTURE: 'run the newer program that wrote it',
  EVENT_UNREADABLE: 'give the event an upcaster from the version that was stored',
  SNAPSHOT_WRONG: 'delete it from its bucket: the next load replays the events',
  LOG_TRUNCATED:
    'the log has lost its tail: restore the stream from a backup or a replica; where there is none, `stele accept-loss` gives up what is gone',
  LOSS_ACCEPTED: 'an operator decided so',
  SNAPSHOT_AHEAD:
    'the log has lost its tail: stop writing, and restore the stream from a backup or a replica',
  CLAIM_NOT_HELD: 'another aggregate may take the same key: rename one, and look at who wrote here',
  CLAIM_ORPHANED: 'nobody can take this key: find out who wrote the claim',
  CLAIM_UNREADABLE: RESTORE,
  JOURNAL_INCOMPLETE:
    'a disk lost them, or somebody deleted them: restore the journal from a backup or a replica. Only the report of what was asked is affected; no event is',
  JOURNAL_UNREADABLE: 'only the report of what was asked is affected; no event is',
  ALERTS_NOT_SENT:
    'read them there (docs/how-to/receive-audit-alerts.md); it is no loss where there was no receiver before',
  KEYS_LOST:
    'make keys anew with `stele key create`, or restore the bucket from a backup; see docs/how-to/authentication.md',
  READ_STORE_UNAVAILABLE:
    'look at the database (DATABASE_URL), or at the file in STELE_DATA; nothing is lost: projections go on when it is back',
  READ_STORE_FOREIGN:
    'give each installation a database or a schema of its own (DATABASE_URL); where its own log is gone, restore that, or give it an empty read store',
  READ_STORE_MISSING: '`stele serve` makes it at its next start',
  READ_STORE_DAMAGED:
    'end Stele, remove the file with its -wal and -shm, and start again: everything is built anew from the log',
  PROJECTION_DAMAGED: '`stele projection rebuild` makes them anew from the log; see to the disk',
  PROJECTION_MISSING: '`stele serve` builds it',
  PROJECTION_OUTDATED:
    'a node with this definition builds it anew by itself; see `stele projection list`',
  PROJECTION_PARKED:
    'correct the handler or the data, then `stele projection retry`; `stele projection discard` leaves the event out',
  PROJECTION_DISCARDED: 'an operator decided so; a rebuild leaves it out too',
  PROJECTION_STOPPED: '`stele projection start`',
  PROJECTION_STALLED:
    'look at the log of the nodes and at the consumer; `stele projection stop` and `start` begins anew',
  PROJECTION_BEHIND: 'start a node: `stele serve`',
  PROJECTION_UNKNOWN: 'nothing, or remove its tables when no older program needs them',
  CHECKPOINT_AHEAD:
    'the log has lost its tail: stop writing, restore the stream from a backup or a replica, then `stele projection rebuild`; where there is none, `stele accept-loss` first',
  LOG_REPLACED:
    'an older copy of the log was restored and written on: stop writing, restore the stream from a backup or a replica that has what was lost; if there is none, `stele accept-loss` gives up what is gone, and `stele projection rebuild` makes documents of what is there',
  CONSUMER_MISSING: 'the node makes it anew; look again in a few seconds',
  NODE_UNREACHABLE: 'start it, or correct --server / STELE_URL',
  NODE_NOT_READY: 'the parts that are not in order are named; see docs/operations/runbook.md',
};
const ODD = new Set([
  'ALERTS_NOT_SENT',
  'LOSS_ACCEPTED',
  'STORE_ROOM_LOW',
  'STREAM_MISSING',
  'READ_STORE_MISSING',
  'PROJECTION_MISSING',
  'PROJECTION_OUTDATED',
  'PROJECTION_DISCARDED',
  'PROJECTION_STOPPED',
  'PROJECTION_BEHIND',
  'PROJECTION_UNKNOWN',
  'CONSUMER_ORPHANED',
  'CONSUMER_MISSING',
]);

export type Place = {
  readonly stream: string;
  readonly id?: string;
  readonly sequence?: number;
  /** When the code alone does not tell. */
  readonly todo?: string;
};

export const finding = (code: string, what: string, place: Place): Finding => ({
  code,
  grade: ODD.has(code) ? 'odd' : 'broken',
  stream: place.stream,
  aggregate_id: place.id ?? null,
  sequence: place.sequence ?? null,
  what,
  todo: place.todo ?? REMEDIES[code] ?? 'report this',
});
