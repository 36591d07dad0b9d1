import type { ProjectionSource } from '../../core/projection.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import type { Checkpoint } from '../views/port.js';
import type { SourceStatus, Vector } from './projections.js';
import type { Instant } from './projector-context.js';

/** How far a source was taken. `taken` runs ahead of `written` over messages that change nothing. */
export type SourceProgress = {
  readonly source: ProjectionSource;
  written: number;
  taken: number;
  /** Time of the last event taken. */
  at: string | null;
  end: StreamEnds | undefined;
  /** When it was seen to have taken everything; null for never. */
  clean: Instant | null;
  /** Since when (`elapsed`) its feed has brought nothing; null while it is not waited for. */
  silentSince: number | null;
};

export type Progress = ReadonlyMap<string, SourceProgress>;

/** Progress as it is written; what was known of the streams is kept. */
export const progressFrom = (
  sources: readonly ProjectionSource[],
  written: readonly Checkpoint[],
  before: Progress,
): Progress =>
  new Map(
    sources.map((source) => {
      const { sequence = 0, at = null } = written.find((one) => one.source === source.slug) ?? {};
      const { end, clean = null } = before.get(source.slug) ?? {};
      return [
        source.slug,
        { source, written: sequence, taken: sequence, at, end, clean, silentSince: null },
      ];
    }),
  );

export const positionsOf = (progress: Progress): Vector =>
  new Map([...progress].map(([slug, { taken }]) => [slug, taken]));

/** Messages over all sources. */
export const sumOf = (vector: Vector): number =>
  [...vector.values()].reduce((all, one) => all + one, 0);

/** Take over where a stream ended when that was asked. */
export const seeEnd = (progress: SourceProgress, end: StreamEnds, asked: Instant): void => {
  progress.end = end;
  if (end.last <= progress.taken) progress.clean = asked;
};

/** Whether everything was taken that was there when the end was last looked at. */
export const isClean = ({ taken, end }: SourceProgress): boolean =>
  end !== undefined && taken >= end.last;

/** What the ends of the streams say of progress. */
export type Seen = {
  /** Whether a source is not the log any more that it was taken from. */
  readonly anotherLog: boolean;
  readonly behind: readonly SourceProgress[];
  readonly reason: string;
};

/** Take over ends that were asked for then; `before` is how far everything was by then. */
export const seeEnds = (
  progress: Progress,
  ends: ReadonlyMap<string, StreamEnds>,
  { before, asked }: { readonly before: Vector; readonly asked: Instant },
): Seen => {
  const behind: SourceProgress[] = [];
  let anotherLog = false;
  let reason = 'it is behind and nothing comes';
  for (const [slug, one] of progress) {
    const end = ends.get(slug);
    if (end) {
      const replaced = one.end !== undefined && one.end.created !== end.created;
      if (replaced || (before.get(slug) ?? 0) > end.last) anotherLog = true;
      seeEnd(one, end, asked);
    } else reason = 'the event store does not say where the log ends';
    if (!end || !isClean(one)) behind.push(one);
  }
  return { anotherLog, behind, reason };
};

/** Age of the oldest message not taken, as far as it can be told: never more than it is. */
const waitsSince = ({ at, end, clean }: SourceProgress): number => {
  const since = Math.max(at === null ? 0 : Date.parse(at), clean?.at ?? 0);
  if (since > 0) return since;
  return end?.last_at ? Date.parse(end.last_at) : 0;
};

/** How a source stands at a time (milliseconds since 1970). */
export const sourceStatus = (progress: SourceProgress, now: number): SourceStatus => {
  const { source, taken, end } = progress;
  const last = Math.max(end?.last ?? 0, taken);
  const since = waitsSince(progress);
  const seconds = last > taken && since > 0 ? Math.max(0, now - since) / 1_000 : 0;
  return {
    source: source.slug,
    sequence: taken,
    end: end?.last ?? taken,
    lag_events: last - taken,
    lag_seconds: Math.round(seconds * 10) / 10,
  };
};
