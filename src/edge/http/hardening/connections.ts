import type { DropArgument, Server } from 'node:net';
import { Shares } from '../../../core/shares.js';
import type { ConnectionCounts } from '../../../operate/metrics/index.js';
import { Failures } from '../../../write/runtime/failures.js';
import type { Log } from '../../../write/runtime/log.js';
import { HTTP_LIMITS, type HttpLimits } from '../limits.js';
import { networkOf } from './address.js';
import { clientAddress, type TrustedProxies, trustedProxies } from './trusted-proxies.js';

const NOBODY_SAID: Log = { warn: () => {}, error: () => {} };

const WHY = {
  all: ({ connectionsMax: most }: Bounds) =>
    `${most} are open, that is the most (STELE_CONNECTIONS_MAX)`,
  address: ({ connectionsOfOneMax: most }: Bounds) =>
    `${most} of one address are open, that is the most for one that is no trusted proxy (STELE_CONNECTIONS_OF_ONE_MAX)`,
} as const;

type Bounds = Pick<HttpLimits, 'connectionsMax' | 'connectionsOfOneMax'>;

/**
 * The connections of a node: each costs memory and a file, whatever is asked on it. So many at all,
 * and from one address so many that others find room; trusted proxies bring those of many.
 */
export class Connections {
  readonly #limits: Bounds;
  readonly #proxies: TrustedProxies;
  readonly #failures: Failures;
  readonly #open = new Shares();
  readonly #dropped = { all: 0, address: 0 };

  /** @throws TypeError when a proxy is no address and no network */
  constructor({
    limits = {},
    proxies = [],
    log = NOBODY_SAID,
  }: {
    readonly limits?: Partial<Bounds>;
    readonly proxies?: readonly string[];
    readonly log?: Log;
  } = {}) {
    this.#limits = { ...HTTP_LIMITS, ...limits };
    const trusted = trustedProxies(proxies);
    if (!trusted) throw new TypeError(`proxies: no addresses and networks: ${proxies.join(', ')}`);
    this.#proxies = trusted;
    this.#failures = new Failures(log, 'connections are turned away');
  }

  get counts(): ConnectionCounts {
    return { open: this.#open.total, dropped: this.#dropped };
  }

  /** Those of a server count from now on; what is too much of them is closed unheard. */
  bound(server: Server): void {
    server.maxConnections = this.#limits.connectionsMax;
    server.on('drop', (from?: DropArgument) => this.#drop('all', from?.remoteAddress));
    server.on('connection', (socket) => {
      const whose = this.#whose(socket.remoteAddress);
      if (this.#open.of(whose) >= this.#limits.connectionsOfOneMax) {
        socket.destroy();
        this.#drop('address', whose);
        return;
      }
      this.#open.take(whose, 1);
      socket.once('close', () => this.#open.take(whose, -1));
    });
  }

  /** Whose share a connection is of; undefined = nobody's own. */
  #whose(peer: string | undefined): string | undefined {
    const near = { peer, xForwardedFor: undefined, forwarded: undefined };
    const address = clientAddress(near, this.#proxies);
    return address === undefined || this.#proxies.has(address) ? undefined : networkOf(address);
  }

  #drop(reason: keyof typeof WHY, address: string | undefined): void {
    this.#dropped[reason]++;
    this.#failures.say(reason, { reason: WHY[reason](this.#limits), address }, 'warn');
  }
}
