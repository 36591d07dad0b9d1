import { hostname } from 'node:os';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { Fault } from '../core/refusal.js';
import type { Room } from '../nats-server/room.js';
import type { ServerLog } from '../nats-server/server-log.js';
import { type EmbeddedServer, startEmbeddedServer } from '../nats-server/start-embedded-server.js';
import type { Config, NatsAuth } from './config.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** Pause between two attempts to reconnect, and the most that chance adds to it. */
const RECONNECT_PAUSE_MS = 250;
const RECONNECT_JITTER_MS = 250;
/** The same of a connection that is cut because others sent too much: nobody hears it until then. */
const CUT_RECONNECT_PAUSE_MS = 20;
const CUT_RECONNECT_JITTER_MS = 20;
/** A server that is silent for three of these counts as gone. */
const PING_EVERY_MS = 10_000;
const PINGS_UNANSWERED_MAX = 2;
/** Longest that a ping is waited for when somebody asks how far NATS is. */
const ROUND_TRIP_WITHIN_MS = 1_000;

/** A connection to NATS, and the server behind it when it is our own. */
export type NatsAccess = {
  readonly nc: NatsConnection;
  readonly url: string;
  /** The server that runs on the data directory; null when NATS_URL names one. */
  readonly server: EmbeddedServer | null;
  /**
   * One more connection, for what others may send without end: the server cuts off who does not
   * keep up, and only that is cut off then. Ends with the first one.
   */
  another(what: string): Promise<NatsConnection>;
  /** How often such a connection was lost. */
  cuts(): number;
  /** Settles with the reason when a connection, or the server, is lost for good. */
  readonly lost: Promise<Fault>;
  /** End the connection (what was sent goes out first) and the server, if it is ours. */
  close(): Promise<void>;
};

export type OpenNatsOptions = {
  readonly config: Pick<Config, 'nats' | 'dataDir'>;
  readonly env: NodeJS.ProcessEnv;
  readonly log: ServerLog;
  /** `share`: use the server that another process runs on the data directory, if it does. */
  readonly mode?: 'own' | 'share';
};

const authenticatorOf = (auth: NatsAuth): Authenticator | undefined => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'user':
      return usernamePasswordAuthenticator(auth.user, auth.password);
    case 'token':
      return tokenAuthenticator(auth.token);
    case 'creds':
      return credsAuthenticator(bytes(auth.creds));
    case 'nkey':
      return nkeyAuthenticator(bytes(auth.seed));
  }
};

const connectTo = async (
  servers: readonly string[],
  auth: NatsAuth,
  more: { readonly tls: boolean; readonly ignoreClusterUpdates: boolean; readonly what?: string },
): Promise<NatsConnection> => {
  const authenticator = authenticatorOf(auth);
  const [pause, jitter] =
    more.what === undefined
      ? [RECONNECT_PAUSE_MS, RECONNECT_JITTER_MS]
      : [CUT_RECONNECT_PAUSE_MS, CUT_RECONNECT_JITTER_MS];
  try {
    return await connect({
      servers: [...servers],
      name: `stele ${hostname()} ${process.pid}${more.what === undefined ? '' : ` ${more.what}`}`,
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: pause,
      reconnectJitter: jitter,
      reconnectJitterTLS: jitter,
      pingInterval: PING_EVERY_MS,
      maxPingOut: PINGS_UNANSWERED_MAX,
      ignoreClusterUpdates: more.ignoreClusterUpdates,
      ...(more.tls && { tls: {} }),
      ...(authenticator && { authenticator }),
    });
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name === 'AuthorizationError' || name === 'UserAuthenticationExpiredError')
      throw new Fault(
        'NATS_FORBIDDEN',
        `NATS at ${servers.join(', ')} does not accept these credentials: check NATS_USER and NATS_PASSWORD, NATS_TOKEN, NATS_CREDS or NATS_NKEY_SEED`,
        { cause },
      );
    throw new Fault(
      'NATS_UNREACHABLE',
      `no NATS server answers at ${servers.join(', ')} (${message}): start it, correct NATS_URL, or leave NATS_URL out to run a server of our own`,
      { cause },
    );
  }
};

/** Says what becomes of the connection; on a server of our own also that it is still that one. */
const watch = async (
  nc: NatsConnection,
  {
    log,
    server,
    what,
    onStranger,
    onCut,
  }: {
    readonly log: ServerLog;
    readonly server: EmbeddedServer | null;
    readonly what: string | undefined;
    readonly onStranger: (fault: Fault) => void;
    readonly onCut: () => void;
  },
): Promise<void> => {
  const which = what === undefined ? 'NATS' : `NATS for ${what}`;
  for await (const status of nc.status()) {
    if (status.type === 'disconnect') {
      onCut();
      log.warn(`the connection to ${which} is lost; reconnecting`);
    }
    if (status.type !== 'reconnect') continue;
    log.info(`connected to ${which} again`);
    const fault = server && strangerAt(nc, server);
    if (fault) onStranger(fault);
  }
};

/** The fault when what answers on the port of our server is another one. */
const strangerAt = ({ info }: NatsConnection, server: EmbeddedServer): Fault | undefined =>
  info?.server_name === server.serverName
    ? undefined
    : new Fault(
        'NATS_STRANGER',
        `the server at ${server.url} is not the one that was started there: another program took its port`,
      );

const ownConnection = async (server: EmbeddedServer, what?: string): Promise<NatsConnection> => {
  const nc = await connectTo(
    [server.url],
    { kind: 'none' },
    { tls: false, ignoreClusterUpdates: true, ...(what !== undefined && { what }) },
  );
  const stranger = strangerAt(nc, server);
  if (!stranger) return nc;
  await nc.close();
  throw stranger;
};

/** Seconds of one round trip to NATS; null when there is no answer in time. */
export const roundTrip = async (nc: NatsConnection): Promise<number | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ROUND_TRIP_WITHIN_MS);
  });
  const begun = performance.now(); // the client's own figure has whole milliseconds
  const took = nc.rtt().then(() => (performance.now() - begun) / 1_000);
  try {
    return await Promise.race([took, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    took.catch(() => {}); // one that fails after it was given up
  }
};

/** What is left of what the account may store; undefined where it is not limited, or not told. */
export const accountRoom = async (nc: NatsConnection): Promise<Room | undefined> => {
  const answer = await nc.request('$JS.API.INFO', '', { timeout: ROUND_TRIP_WITHIN_MS });
  const { storage = 0, limits } = answer.json<{
    readonly storage?: number;
    readonly limits?: { readonly max_storage?: number };
  }>();
  const size = limits?.max_storage ?? 0;
  return size > 0 ? { free: Math.max(0, size - storage), size } : undefined;
};

/**
 * Connect to NATS, starting a server of our own when `NATS_URL` names none.
 * @throws Fault NATS_UNREACHABLE, NATS_FORBIDDEN or NATS_STRANGER, or what starting the server throws.
 */
export const openNats = async ({
  config,
  env,
  log,
  mode = 'own',
}: OpenNatsOptions): Promise<NatsAccess> => {
  const { nats, dataDir } = config;
  const server = nats ? null : await startEmbeddedServer({ dataDir, env, log, mode });
  const connected = (what?: string): Promise<NatsConnection> =>
    nats
      ? connectTo(nats.servers, nats.auth, {
          tls: nats.tls,
          // Whoever names several servers means these; one is a door to the others.
          ignoreClusterUpdates: nats.servers.length > 1,
          ...(what !== undefined && { what }),
        })
      : ownConnection(server!, what);
  let nc: NatsConnection;
  try {
    nc = await connected();
  } catch (error) {
    await server?.stop();
    throw error;
  }
  let closing = false;
  let cuts = 0;
  const all = [nc];
  let onLost: (fault: Fault) => void = () => {};
  const follow = (one: NatsConnection, what?: string): void => {
    const onCut = (): void => {
      if (what !== undefined) cuts++;
    };
    void watch(one, { log, server, what, onStranger: onLost, onCut });
    void one.closed().then((cause) => {
      const why = cause ? `: ${cause.message}` : '';
      if (!closing)
        onLost(
          new Fault('NATS_CLOSED', `the connection to NATS was closed for good${why}`, { cause }),
        );
    });
  };
  const lost = new Promise<Fault>((resolve) => {
    onLost = resolve;
    server?.onGivenUp((fault) =>
      resolve(new Fault('NATS_GIVEN_UP', fault.message, { cause: fault })),
    );
  });
  follow(nc);
  return {
    nc,
    url: server?.url ?? nats!.servers.join(','),
    server,
    another: async (what) => {
      const one = await connected(what);
      all.push(one);
      follow(one, what);
      return one;
    },
    cuts: () => cuts,
    lost,
    close: async () => {
      closing = true;
      await Promise.all(all.map((one) => one.drain().catch(() => one.close())));
      await server?.stop();
    },
  };
};
