import { type ServiceStats, Svcm } from '@nats-io/services';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NodeNumbers } from './node-numbers.js';
import { SERVICE } from './service.js';

/** How long nodes have to say how they are; one that is silent is not listed. */
const ANSWER_WITHIN_MS = 500;
const NUMBERS = [
  ...(['residents', 'under_way', 'waiting', 'commands_total', 'conflicts'] as const),
  ...(['memory_bytes', 'uptime_seconds'] as const),
] as const;
type Numbers = { readonly [N in (typeof NUMBERS)[number]]: number | null };

/** A node that serves commands on the same NATS. What an older program does not say is null. */
export type FoundNode = Numbers &
  Pick<NodeNumbers, 'name' | 'version' | 'url' | 'draining'> & {
    readonly id: string;
    readonly started_at: string;
    /** The one that was asked. */
    readonly this: boolean;
  };

const textOr = <T>(value: unknown, otherwise: T): string | T =>
  typeof value === 'string' ? value : otherwise;

/** What came from another program is looked at field by field. */
const nodeOf = ({ id, version, started, endpoints = [] }: ServiceStats, own: string): FoundNode => {
  const data = endpoints.find((one) => typeof one.data === 'object' && one.data !== null)?.data;
  const said = (data ?? {}) as Readonly<Record<string, unknown>>;
  const numbers = Object.fromEntries(
    NUMBERS.map((name) => [name, typeof said[name] === 'number' ? said[name] : null]),
  ) as Numbers;
  return {
    id,
    name: textOr(said.name, id),
    version: textOr(said.version, version),
    started_at: started,
    url: textOr(said.url, null),
    this: id === own,
    draining: said.draining === true,
    ...numbers,
  };
};

const ask = async (nc: NatsConnection, own: string): Promise<readonly FoundNode[]> => {
  const found: FoundNode[] = [];
  const client = new Svcm(nc).client({ strategy: 'timer', maxWait: ANSWER_WITHIN_MS });
  for await (const one of await client.stats(SERVICE)) found.push(nodeOf(one, own));
  return found.sort((a, b) => a.started_at.localeCompare(b.started_at));
};

/** All nodes on this NATS. Who asks while an answer is awaited gets that one. */
export const nodesOn = (nc: NatsConnection, own: string): (() => Promise<readonly FoundNode[]>) => {
  let asked: Promise<readonly FoundNode[]> | undefined;
  return () => {
    asked ??= ask(nc, own).finally(() => {
      asked = undefined;
    });
    return asked;
  };
};
