import type { Logger } from 'pino';
import type { Roles } from '../core/access.js';
import type { Aggregate } from '../core/aggregate.js';
import type { Projection } from '../core/projection.js';
import { Fault } from '../core/refusal.js';
import { eventStream, JOURNAL_STREAM } from '../core/subjects.js';
import type { Watch } from '../core/watch.js';
import { type OpenedAccess, openAccess } from '../edge/access/index.js';
import { Connections, createHttp, type Info, serveHttp } from '../edge/http/index.js';
import { nodeNumbers, serveCommands, tooLargeRequest } from '../edge/nats/index.js';
import { problemOf } from '../edge/wire/problem.js';
import { startAlerts } from '../operate/alerts/alerts.js';
import type { ModelImports } from '../operate/importing/importer.js';
import { Imports } from '../operate/importing/imports.js';
import { startWatches } from '../operate/watch/start-watches.js';
import { completeProjections } from '../read/projections/index.js';
import type { Projections } from '../read/projector/projections.js';
import { holdsAny } from '../read/projector/same-log.js';
import { startProjections } from '../read/projector/start-projections.js';
import { createTimeTravel } from '../read/time/create-time-travel.js';
import { openViews, sqliteViews, viewsFile } from '../read/views/index.js';
import type { OfLog } from '../read/views/port.js';
import { Runtime } from '../write/runtime/runtime.js';
import { type Asking, askedLog } from '../write/store/asked-log.js';
import type { EventStore } from '../write/store/event-store.js';
import { Holes } from '../write/store/holes.js';
import { refuseForeign } from '../write/store/nats/event-streams.js';
import { Heads } from '../write/store/nats/heads.js';
import { type NatsStore, natsStore } from '../write/store/nats/nats-store.js';
import { judgeStreams, type StreamsOptions, tendBeside } from '../write/store/nats/streams.js';
import { defaultTopology, type Topology } from '../write/store/topology.js';
import { notWritten, type Shut, WriteGate } from '../write/store/write-gate.js';

import type { Config } from './config.js';
import { DamageWatch } from './damage-watch.js';
import { FilesWatch } from './files-watch.js';
import { HoleWatch } from './hole-watch.js';
import { eventsKnownAt } from './known-events.js';
import { LogWatch } from './log-watch.js';
import { neverWas } from './never-was.js';
import { nodeName, nodeOperations } from './node-operations.js';
import { onceLed } from './once-led.js';
import { accountRoom, type NatsAccess, openNats, roundTrip } from './open-nats.js';
import { residentsMax } from './residents-max.js';
import { RoomWatch } from './room-watch.js';
import { SettingsWatch } from './settings-watch.js';

/** How long requests and commands under way may take to finish when the node closes. */
const FINISH_WITHIN_MS = 11_000;
/** How long writing what waits may take after that. */
const WRITE_WITHIN_MS = 3_000;
/** How long leaving NATS, and ending a server of our own, may take at last. */
const LEAVE_WITHIN_MS = 12_000;

export type NodeOptions = {
  readonly config: Config;
  readonly definitions: readonly Aggregate[];
  /** Besides those that every node has: a resource per definition, the audit log, the commands. */
  readonly projections?: readonly Projection[];
  /** Rules over several aggregates, looked after once commands were accepted. */
  readonly watches?: readonly Watch[];
  /** Who there is and what they may do. Without roles everybody may do everything. */
  readonly roles?: Roles;
  /** Told the text of the first API key, which nobody can tell again; without it none is made. */
  readonly onFirstKey?: (text: string) => void;
  /** Formats of models that can be imported, and how an import is taken back. */
  readonly models?: ModelImports;
  /** Settings of the streams, where they are not to be the default ones. */
  readonly topology?: Topology;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Where a nats-server is looked for: PATH, NATS_SERVER_BIN and the like. */
  readonly env?: NodeJS.ProcessEnv;
  /** What the program calls itself. */
  readonly info?: Info;
  /** Where the files of the console stand; else where the build puts them. */
  readonly consoleDir?: string;
};

/** One running node. */
export type Node = {
  readonly url: string;
  readonly natsUrl: string;
  readonly serverVersion: string;
  /** The largest message that the server takes, bytes; undefined where it does not say. */
  readonly maxPayload: number | undefined;
  /** The directory of the embedded server; null when NATS_URL names the servers. */
  readonly dataDir: string | null;
  readonly runtime: Runtime;
  readonly store: NatsStore;
  readonly projections: Projections;
  /** Who may come in; undefined where everything is open. */
  readonly access: OpenedAccess | undefined;
  /** Settles with the reason when the node cannot go on. */
  readonly failed: Promise<Fault>;
  /** Take no more, finish what is under way, let go of everything. Bounded; may be called again. */
  close(): Promise<void>;
};

type Closer = { readonly what: string; readonly withinMs: number; close(): Promise<unknown> };

/** Settles when `work` does or the time is over; says whether it was done in time. */
const within = async (work: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
};

/** Last opened, first closed; one that fails or takes too long does not stop the others. */
const closeAll = async (closers: readonly Closer[], log: Logger): Promise<void> => {
  for (const { what, withinMs, close } of closers.toReversed()) {
    const closed = close().catch((err: unknown) => log.warn({ err }, `${what}: closing failed`));
    if (!(await within(closed, withinMs))) log.warn(`${what}: not closed within ${withinMs} ms`);
  }
};

const watchRoom = ({ nc, server }: NatsAccess, gate: WriteGate, log: Logger): RoomWatch =>
  new RoomWatch({
    gate,
    log,
    ...(server
      ? { look: () => server.room(), where: 'on the disk of the event store' }
      : { look: () => accountRoom(nc), where: 'in the account at NATS' }),
    ...(server?.owned && { restart: () => server.restart() }),
  });

/** Who runs the server sees to its streams; those of our own are reached by nobody while it is down. */
const streamsOf = (
  { server }: NatsAccess,
  { config, definitions, topology = defaultTopology, log }: NodeOptions,
  room: RoomWatch,
): StreamsOptions => ({
  kinds: definitions,
  topology,
  replicas: config.replicas,
  onRoom: (stream, left) => room.ofStream(stream, left),
  ...(server && {
    onSetAgain: (stream, was) =>
      log.error(
        `the stream ${stream} was changed and is set again: ${was.join(', ')}; \`stele doctor\` tells whether it let go of events meanwhile`,
      ),
  }),
});

const openStore = async (
  nats: NatsAccess,
  options: NodeOptions,
  around: { readonly gate: WriteGate; readonly holes: Holes; readonly room: RoomWatch },
): Promise<NatsStore> => {
  const { nc } = nats;
  const { definitions, log } = options;
  const { gate, holes, room } = around;
  try {
    await refuseForeign(nc, definitions);
    return await natsStore(nc, {
      ...streamsOf(nats, options, room),
      gate,
      holes,
      onStuck: (stream, isStill) => room.stuck(stream, isStill),
      onFeedMadeAnew: (what) => log.debug(what, 'a consumer is made anew'),
    });
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      'STORE_UNAVAILABLE',
      `the event store could not be opened: ${(cause as Error).message}`,
      { cause },
    );
  }
};

/** What tells the log from others: when its streams were made, and what stands in them. */
const logOf = async (store: EventStore, projections: readonly Projection[]): Promise<OfLog> => {
  const sources = new Map(projections.flatMap((one) => one.sources).map((one) => [one.slug, one]));
  const all = [...sources.values()];
  const made = all.map(async ({ slug, definition }) => {
    const { created } = await store.ends(definition ?? 'journal');
    return [slug, created] as const;
  });
  return {
    made: new Map(await Promise.all(made)),
    holds: (taken) => holdsAny(store, all, taken),
  };
};

/**
 * Who was cut off from the log may meet another one in its place. From the moment it is: what waits
 * to be sent goes out before anybody is told that the connection is back.
 */
const judgeAnew = async ({ nc }: NatsAccess, logWatch: LogWatch): Promise<void> => {
  for await (const { type } of nc.status())
    if (type === 'disconnect') logWatch.doubt();
    else if (type === 'reconnect') void logWatch.judgeAnew();
};

/** What the journal could not keep is said: nothing else tells of it once the node is gone. */
const closeStore = async (store: NatsStore, log: Logger): Promise<void> => {
  await store.close();
  const entries = store.journalDropped();
  if (entries > 0)
    log.warn({ entries }, 'entries of the command journal were lost: the server did not take them');
};

/** Who may come in; undefined where everything is open, which is said. */
const accessOf = async (
  { nc, server }: NatsAccess,
  store: NatsStore,
  { config, definitions, roles, onFirstKey, log, clock }: NodeOptions,
): Promise<OpenedAccess | undefined> => {
  if (roles)
    return openAccess({
      nc,
      roles,
      log,
      settings: config.access,
      replicas: config.replicas,
      makeAnew: server !== null,
      wasUsed: async () => {
        const ends = await Promise.all([...definitions, 'journal' as const].map(store.ends));
        return ends.some(({ last }) => last > 0);
      },
      ...(clock && { clock }),
      ...(onFirstKey && { onFirstKey }),
    });
  log.warn(
    'this node was given no roles: everyone who reaches it may do everything, under any name',
  );
  return undefined;
};

/**
 * Start a node: NATS (one of our own unless NATS_URL names one), the store, the runtime, and the
 * two ways in, HTTP and NATS. When a step fails, what was started before it is closed again.
 *
 * @throws Fault, or an Error with a `code`, whose message says what to do.
 */
export const startNode = async (options: NodeOptions): Promise<Node> => {
  const { config, definitions, log, clock, env = process.env } = options;
  const { info = { name: 'stele', version: 'unknown' } } = options;
  const closers: Closer[] = [];
  const opened = (what: string, withinMs: number, close: Closer['close']): void => {
    closers.push({ what, withinMs, close });
  };
  try {
    const nats = await openNats({ config, env, log });
    opened('NATS', LEAVE_WITHIN_MS, nats.close);
    const gate = new WriteGate();
    const holes = new Holes();
    const room = watchRoom(nats, gate, log);
    opened('room', WRITE_WITHIN_MS, async () => room.close());
    await room.look();
    const led = <T>(what: string, open: () => Promise<T>) => onceLed(open, { what, log });
    const store = await led('the event store', () =>
      openStore(nats, options, { gate, holes, room }),
    );
    opened('store', WRITE_WITHIN_MS, () => closeStore(store, log));
    const { server } = nats;
    const files = definitions.map(({ slug }) => eventStream(slug)).concat(JOURNAL_STREAM);
    const watched = server && new FilesWatch({ gate, log, gone: () => server.filesGone(files) });
    if (watched) opened('files of the store', WRITE_WITHIN_MS, () => watched.close());
    await watched?.look();
    const streams = streamsOf(nats, options, room);
    const judge = () => judgeStreams(nats.nc, streams);
    const tend = () => tendBeside(nats.nc, streams);
    const settings = new SettingsWatch({ judge, tend, gate, log });
    opened('settings of streams', WRITE_WITHIN_MS, () => settings.close());
    const projected = completeProjections(definitions, options.projections ?? []);
    const views = await openViews({
      log: await led('when the log was made', () => logOf(store, projected)),
      databaseUrl: config.databaseUrl ?? undefined,
      dataDir: config.dataDir,
      servers: config.nats?.servers,
      onAwaited: (why) => {
        if (why) log.warn({ reason: why.message }, 'the read store is awaited');
        else log.info('the read store is there');
      },
    });
    opened('read store', WRITE_WITHIN_MS, () => views.close());
    const heads = await led('how far the log was', () => Heads.open(nats.nc, config.replicas));
    const logWatch = new LogWatch({
      gate,
      store,
      kinds: definitions,
      log,
      heads,
      taken: () => views.taken(),
    });
    opened('ends of the log', WRITE_WITHIN_MS, () => logWatch.close());
    await logWatch.begin();
    void judgeAnew(nats, logWatch);
    const access = await led('who may come in', () => accessOf(nats, store, options));
    if (access) opened('access', WRITE_WITHIN_MS, () => access.close());
    const damage = new DamageWatch();
    const file = viewsFile(config.dataDir, config.nats?.servers);
    if (views.engine === 'sqlite') await damage.begin(views, { file, log });
    const projections = startProjections({
      definitions: projected,
      store,
      views,
      log,
      ...(clock && { clock }),
      onTruncated: (source) => logWatch.suspect(source),
      epochOf: (source) => logWatch.epochOf(source),
    });
    opened('projections', WRITE_WITHIN_MS, () => projections.close());
    const holeWatch = new HoleWatch({
      holes,
      store,
      heads,
      log,
      kinds: definitions,
      known: (kind, sequences) => eventsKnownAt(projections, store, { kind, sequences }),
    });
    opened('holes of the log', WRITE_WITHIN_MS, () => holeWatch.close());
    await holeWatch.look();
    const asking: Asking = {
      doubted: () => gate.doubt && notWritten(gate.doubt),
      never: (kind, id) => neverWas({ projections, store, holes }, kind, id),
    };
    const untold = ({ code, message }: Shut): Fault =>
      new Fault(code, `${message}; until then nothing is told of the log`);
    const asked = askedLog(store, { ...asking, doubted: () => gate.doubt && untold(gate.doubt) });
    const time = createTimeTravel({
      store: asked,
      projections,
      ephemeral: () => sqliteViews(':memory:'),
      ...(clock && { clock }),
    });
    opened('time travel', WRITE_WITHIN_MS, () => time.close());
    const runtime = new Runtime({
      definitions,
      store: { ...store, append: (one) => logWatch.append(one) },
      log,
      limits: { residentsMax: residentsMax() },
      ...(clock && { clock }),
      ...(options.roles && { roles: options.roles }),
      ...asking,
      onAppended: (slug, sequence) => {
        projections.wrote(slug, sequence);
        watches.wrote();
      },
    });
    const watches = startWatches({
      watches: options.watches ?? [],
      runtime,
      store,
      log,
      ...(clock && { clock }),
    });
    opened('watches', WRITE_WITHIN_MS, () => watches.close());
    logWatch.onGivenUp((source) => {
      runtime.forget();
      watches.forget();
      time.forget();
      projections.givenUp(source);
    });
    const imports =
      options.models &&
      new Imports({
        runtime,
        store: asked,
        projections,
        log,
        models: options.models,
        clock: clock ?? Date.now,
        explain: problemOf,
      });
    const alerts = await led('alerting', () =>
      startAlerts({
        nc: nats.nc,
        store,
        definitions,
        log,
        receiver: config.alerts,
        replicas: config.replicas,
      }),
    );
    opened('alerts', WRITE_WITHIN_MS, () => alerts.close());
    // All at once: a request that is still on its way in is told that the node is shutting down.
    const serving = [() => runtime.drain()];
    if (imports) serving.push(() => imports.close());
    opened('commands', FINISH_WITHIN_MS, () => Promise.all(serving.map((end) => end())));
    const about = { name: nodeName(), version: info.version };
    let listening: string | null = null;
    // Who sends more than can be read has that connection cut, not the one to the log.
    const commands = await serveCommands(await nats.another('commands'), runtime, {
      version: info.version,
      ...(access && { access }),
      report: () => nodeNumbers(runtime, { ...about, url: listening }),
      // Whoever reaches a server of our own is on this machine, and may do more than that.
      ...(!nats.server && { onTooLarge: (bytes) => log.warn(tooLargeRequest(bytes)) }),
      log,
    });
    serving.push(() => commands.close());
    const operations = nodeOperations({
      nats,
      nodeId: commands.id,
      definitions,
      projections: projected,
      views,
      log,
      room: () => room.room,
      ready: () => store.ready(),
      topology: options.topology ?? defaultTopology,
      replicas: config.replicas,
      clock: clock ?? Date.now,
    });
    serving.push(() => operations.doctor.close());
    const connections = new Connections({ ...config.web, log });
    const http = await serveHttp({
      host: config.host,
      port: config.port,
      limits: config.web.limits,
      connections,
      app: createHttp({
        runtime,
        store: asked,
        projections,
        time,
        log,
        info,
        ...(clock && { clock }),
        readStore: async () => {
          await views.ready();
          await damage.check(projections.status());
          return true;
        },
        epochs: logWatch,
        storeNote: () => [room.note, holes.note].filter((one) => one != null).join('; ') || null,
        beside: () =>
          [settings.beside, access?.trouble()].filter((one) => one != null).join('; ') || null,
        storeShut: () => gate.why?.code,
        ...config.web,
        ...(options.consoleDir !== undefined && { consoleDir: options.consoleDir }),
        alerts,
        operations,
        ...(access && { access }),
        ...(imports && { imports }),
        meters: {
          store,
          alerts: () => alerts.stats(),
          connection: {
            roundTrip: () => roundTrip(nats.nc),
            room: () => room.room,
            streams: () => room.streams,
            cuts: () => nats.cuts(),
            dropped: () => commands.dropped(),
          },
          connections: () => connections.counts,
        },
      }),
    });
    serving.push(() => http.close());
    listening = http.url;
    let closed: Promise<void> | undefined;
    return {
      url: http.url,
      natsUrl: nats.url,
      serverVersion: nats.nc.info?.version ?? 'unknown',
      maxPayload: nats.nc.info?.max_payload,
      dataDir: nats.server ? config.dataDir : null,
      runtime,
      store,
      projections,
      access,
      failed: nats.lost,
      close: () => {
        closed ??= closeAll(closers, log);
        return closed;
      },
    };
  } catch (error) {
    await closeAll(closers, log);
    throw error;
  }
};
