import type { Projection } from '../../core/projection.js';
import { eventStream, JOURNAL_STREAM } from '../../core/subjects.js';
import { holdsAny, replacedSince } from '../../read/projector/same-log.js';
import type { Checkpoint, Damage, ParkedEvents, Slot, ViewStore } from '../../read/views/port.js';
import { ShowsLess } from '../../write/store/prove-reads.js';
import { type Finding, finding } from './finding.js';
import type { ConsumerFound, OpenedStore } from './reading-store.js';

/** How long a projection that is behind is watched, to see whether it moves. */
const WATCHED_MS = 3_000;

/** What was found out about one projection. */
export type ProjectionReport = {
  readonly name: string;
  readonly generation: number | null;
  readonly version: number | null;
  readonly documents: number;
  readonly stopped: boolean;
  readonly sources: readonly {
    readonly source: string;
    readonly sequence: number;
    readonly end: number;
  }[];
  readonly parked_aggregates: number;
  readonly parked_events: number;
  readonly discarded_events: number;
};

export type ReadSideReport = {
  readonly engine: ViewStore['engine'];
  readonly projections: readonly ProjectionReport[];
  readonly findings: readonly Finding[];
};

export type ReadSide = {
  readonly log: Pick<OpenedStore, 'stream' | 'consumers' | 'scan' | 'readJournal'>;
  readonly views: ViewStore;
  readonly projections: readonly Projection[];
  /** Nodes that run, known a moment later: without one nothing can be expected to move. */
  readonly nodes: Promise<number>;
  /** Name of the durable consumer that feeds a slot. */
  readonly feedName: (slot: Slot) => string;
  /** Whether a consumer feeds some projection. */
  readonly isFeed: (consumer: string) => boolean;
  readonly pause: (ms: number) => Promise<void>;
};

const streamOf = (source: string): string =>
  source === 'journal' ? JOURNAL_STREAM : eventStream(source);
const at = (name: string) => ({ stream: `projection ${name}` });

const damageFinding = ({ slot, what }: Damage): Finding =>
  slot
    ? finding('PROJECTION_DAMAGED', `its documents are damaged (${what})`, at(slot.projection))
    : finding('READ_STORE_DAMAGED', `it is damaged (${what})`, { stream: 'read store' });

/** Whether the documents are of another log: what their checkpoints say is of no use here then. */
const isForeign = async ({ log, views, projections }: ReadSide): Promise<boolean> => {
  const noted = await views.log().catch(() => new Map<string, string>());
  if (noted.size === 0) return false;
  for (const [source, created] of noted)
    if ((await log.stream(streamOf(source)))?.created === created) return false;
  const sources = projections.flatMap((one) => one.sources);
  return !(await holdsAny(log, sources, await views.taken()));
};

/** The end of every stream that feeds a projection; 0 for one that is not there. */
const endsOf = async ({ log, projections }: ReadSide): Promise<ReadonlyMap<string, number>> => {
  const sources = new Set(projections.flatMap((one) => one.sources.map(({ slug }) => slug)));
  const ends = [...sources].map(async (source) => {
    const found = await log.stream(streamOf(source));
    return [source, found?.last ?? 0] as const;
  });
  return new Map(await Promise.all(ends));
};

const takenOf = (checkpoints: readonly Checkpoint[], source: string): number =>
  checkpoints.find((one) => one.source === source)?.sequence ?? 0;

/** A live slot, and where it stood when it was looked at first. */
type Looked = {
  readonly projection: Projection;
  readonly slot: Slot | undefined;
  readonly stopped: boolean;
  readonly checkpoints: readonly Checkpoint[];
};

/** Is the slot that is asked the one that the definition would make? */
const examineSlot = ({ projection, slot }: Looked, slots: readonly Slot[]): Finding[] => {
  const { name, version, hash } = projection;
  if (!slot) {
    const what = 'there are no documents of it yet';
    return [finding('PROJECTION_MISSING', what, at(name))];
  }
  if (slot.hash === hash && slot.version === version) return [];
  const building = slots.some(
    (one) => one.projection === name && one.role === 'building' && one.hash === hash,
  );
  const what = `its live documents were made by version ${slot.version}, the definition is ${slot.version === version ? 'another one of the same version' : `version ${version}`}${building ? '; new ones are being built' : ''}`;
  return [finding('PROJECTION_OUTDATED', what, at(name))];
};

const eventsWait = (events: number): string =>
  `${events.toLocaleString('en')} ${events === 1 ? 'event waits' : 'events wait'}`;

/** What waits and what was left out. */
const examineParked = async (
  { projection: { name }, slot }: Looked,
  views: ParkedEvents,
): Promise<
  Pick<ReadSideReport, 'findings'> &
    Pick<ProjectionReport, 'parked_aggregates' | 'parked_events' | 'discarded_events'>
> => {
  const [parked, discarded] = slot
    ? await Promise.all([views.parked(slot), views.discarded(slot)])
    : [[], []];
  const findings = parked.map((one) =>
    finding(
      'PROJECTION_PARKED',
      `${eventsWait(one.waiting)} since ${one.event_type} failed: ${one.error}`,
      { ...at(name), id: `${one.source} ${one.aggregate_id}`, sequence: one.sequence },
    ),
  );
  const left = discarded.map((one) =>
    finding('PROJECTION_DISCARDED', `${one.event_type} was left out by ${one.by}: ${one.reason}`, {
      ...at(name),
      id: `${one.source} ${one.aggregate_id}`,
      sequence: one.sequence,
    }),
  );
  return {
    findings: [...findings, ...left],
    parked_aggregates: parked.length,
    parked_events: parked.reduce((sum, { waiting }) => sum + waiting, 0),
    discarded_events: discarded.length,
  };
};

/** Ahead of its stream, or behind it. */
const places = (
  { projection, checkpoints }: Looked,
  ends: ReadonlyMap<string, number>,
): { readonly source: string; readonly sequence: number; readonly end: number }[] =>
  projection.sources.map(({ slug }) => ({
    source: slug,
    sequence: takenOf(checkpoints, slug),
    end: ends.get(slug) ?? 0,
  }));

const examineAhead = (looked: Looked, ends: ReadonlyMap<string, number>): Finding[] =>
  places(looked, ends)
    .filter(({ sequence, end }) => sequence > end)
    .map(({ source, sequence, end }) =>
      finding(
        'CHECKPOINT_AHEAD',
        `it has taken ${source} up to message ${sequence}, but the stream ends at ${end}`,
        { ...at(looked.projection.name), sequence },
      ),
    );

/** A log that lost its tail and has grown past the checkpoint since looks whole, and is not. */
const examineReplaced = async (
  { projection, checkpoints }: Looked,
  { log, ends }: { readonly log: ReadSide['log']; readonly ends: ReadonlyMap<string, number> },
): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const source of projection.sources) {
    const checkpoint = checkpoints.find((one) => one.source === source.slug);
    if (!checkpoint || checkpoint.sequence > (ends.get(source.slug) ?? 0)) continue;
    const replaced = await replacedSince(log, source, checkpoint).catch(notShown);
    if (!replaced) continue;
    const { sequence } = checkpoint;
    findings.push(
      finding('LOG_REPLACED', `${source.slug}: ${replaced}`, { ...at(projection.name), sequence }),
    );
  }
  return findings;
};

/** Of a log that is not shown to its end the examination of the log tells. */
const notShown = (error: unknown): undefined => {
  if (!(error instanceof ShowsLess)) throw error;
};

/** Those that are behind are looked at again: only one that does not move is worth a word. */
const examineStill = async (
  side: ReadSide,
  all: readonly Looked[],
  ends: ReadonlyMap<string, number>,
): Promise<Finding[]> => {
  const behind = all.filter(
    (one) => one.slot && !one.stopped && places(one, ends).some((p) => p.sequence < p.end),
  );
  if (behind.length === 0) return [];
  await side.pause(WATCHED_MS);
  const nodes = await side.nodes;
  const findings: Finding[] = [];
  for (const one of behind) {
    const now = await side.views.checkpoints(one.slot!);
    for (const { source, sequence, end } of places(one, ends)) {
      if (sequence >= end || takenOf(now, source) > sequence) continue;
      const what = `it stands at message ${sequence} of ${source}, ${end - sequence} behind, and did not move for ${WATCHED_MS / 1_000} s`;
      findings.push(
        nodes > 0
          ? finding('PROJECTION_STALLED', what, { ...at(one.projection.name), sequence })
          : finding('PROJECTION_BEHIND', `${what}; no node runs`, {
              ...at(one.projection.name),
              sequence,
            }),
      );
    }
  }
  return findings;
};

/** Names of consumers of one stream: of all slots there are, and of those that must be fed now. */
type Feeds = { readonly known: Set<string>; readonly wanted: Set<string> };

const feedsPerStream = (
  { projections, feedName }: ReadSide,
  slots: readonly Slot[],
  stopped: ReadonlySet<string>,
): ReadonlyMap<string, Feeds> => {
  const feeds = new Map<string, Feeds>();
  for (const { name, sources } of projections)
    for (const stream of sources.map(({ slug }) => streamOf(slug))) {
      const { known, wanted } = feeds.get(stream) ?? { known: new Set(), wanted: new Set() };
      feeds.set(stream, { known, wanted });
      for (const slot of slots.filter((one) => one.projection === name)) {
        known.add(feedName(slot));
        // Only what is live is always fed: a build may be under way or given up.
        if (slot.role === 'live' && !stopped.has(name)) wanted.add(feedName(slot));
      }
    }
  return feeds;
};

const consumerFindings = (
  side: ReadSide,
  stream: string,
  found: {
    readonly feeds: Feeds;
    readonly consumers: readonly ConsumerFound[];
    readonly nodes: number;
  },
): Finding[] => {
  const { known, wanted } = found.feeds;
  const consumers = found.consumers.filter(({ name }) => side.isFeed(name));
  const names = new Set(consumers.map(({ name }) => name));
  const findings: Finding[] = [];
  for (const { name, pausedUntil, isAwaited } of consumers) {
    if (pausedUntil !== null && Date.parse(pausedUntil) > Date.now())
      findings.push(
        finding('CONSUMER_PAUSED', `the consumer ${name} is paused until ${pausedUntil}`, {
          stream,
          todo: `\`nats consumer resume ${stream} ${name}\``,
        }),
      );
    // A node with a read store of its own may wait for what it brings.
    if (!known.has(name) && !isAwaited)
      findings.push(
        finding('CONSUMER_ORPHANED', `the consumer ${name} feeds nothing any more`, {
          stream,
          todo: `\`nats consumer rm ${stream} ${name}\``,
        }),
      );
  }
  if (found.nodes === 0) return findings; // the next one makes what is missing
  for (const name of wanted)
    if (!names.has(name))
      findings.push(finding('CONSUMER_MISSING', `the consumer ${name} is not there`, { stream }));
  return findings;
};

/** Do the consumers on the server belong to slots, and have all slots theirs? */
const examineConsumers = async (
  side: ReadSide,
  slots: readonly Slot[],
  stopped: ReadonlySet<string>,
): Promise<Finding[]> => {
  const findings: Finding[] = [];
  const nodes = await side.nodes;
  for (const [stream, feeds] of feedsPerStream(side, slots, stopped)) {
    const consumers = await side.log.consumers(stream);
    findings.push(...consumerFindings(side, stream, { feeds, consumers, nodes }));
  }
  return findings;
};

/**
 * Look at the read side past the projector: what the read store says of each projection against
 * what the streams say. Nothing is changed. It takes a few seconds when something is behind.
 *
 * @throws Fault READ_STORE_UNAVAILABLE
 */
export const examineReadSide = async (side: ReadSide): Promise<ReadSideReport> => {
  const { views, projections } = side;
  const damage = await views.damage();
  if (damage.some(({ slot }) => slot === null))
    return { engine: views.engine, projections: [], findings: damage.map(damageFinding) };
  if (await isForeign(side)) {
    const what = 'its documents were made from another log, that of another installation perhaps';
    const foreign = finding('READ_STORE_FOREIGN', what, { stream: 'read store' });
    return { engine: views.engine, projections: [], findings: [foreign] };
  }
  const [slots, stopped] = await Promise.all([views.slots(), views.stopped()]);
  const findings: Finding[] = damage.map(damageFinding);
  const all = await Promise.all(
    projections.map(async (projection): Promise<Looked> => {
      const slot = slots.find((one) => one.projection === projection.name && one.role === 'live');
      const checkpoints = slot ? await views.checkpoints(slot) : [];
      return { projection, slot, stopped: stopped.has(projection.name), checkpoints };
    }),
  );
  // Asked after the checkpoints: those only grow, and a stream asked before would look cut off.
  const ends = await endsOf(side);
  const reports: ProjectionReport[] = [];
  for (const one of all) {
    const { projection, slot, stopped } = one;
    const { findings: waiting, ...numbers } = await examineParked(one, views);
    findings.push(...examineSlot(one, slots), ...examineAhead(one, ends), ...waiting);
    findings.push(...(await examineReplaced(one, { log: side.log, ends })));
    if (stopped)
      findings.push(finding('PROJECTION_STOPPED', 'it was switched off', at(projection.name)));
    reports.push({
      name: projection.name,
      generation: slot?.generation ?? null,
      version: slot?.version ?? null,
      documents: slot ? await views.count(slot) : 0,
      stopped,
      sources: places(one, ends),
      ...numbers,
    });
  }
  const names = new Set(projections.map(({ name }) => name));
  for (const { projection, generation } of slots)
    if (!names.has(projection))
      findings.push(
        finding(
          'PROJECTION_UNKNOWN',
          `the read store holds generation ${generation} of a projection that no definition makes`,
          at(projection),
        ),
      );
  findings.push(...(await examineStill(side, all, ends)));
  findings.push(...(await examineConsumers(side, slots, stopped)));
  return { engine: views.engine, projections: reports, findings };
};
