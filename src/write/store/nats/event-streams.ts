import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Fault } from '../../../core/refusal.js';
import { anyEventSubject, eventStream } from '../../../core/subjects.js';
import type { Kind } from '../event-log.js';

/** Names of all streams that hold events, also of types that nobody here defines. */
export const eventStreams = async (jsm: JetStreamManager): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const name of jsm.streams.names(anyEventSubject)) names.push(name);
  return names.sort();
};

/**
 * A store of another program stays as it is: a node that shares no type with it would add streams,
 * and answer for a log that it knows nothing of.
 * @throws Fault STORE_FOREIGN
 */
export const refuseForeign = async (
  nc: NatsConnection,
  kinds: readonly Pick<Kind, 'slug'>[],
): Promise<void> => {
  const jsm = await jetstreamManager(nc).catch(() => undefined);
  if (!jsm) return; // opening the store says what is wrong with the server
  const found = await eventStreams(jsm);
  const own = new Set(kinds.map(({ slug }) => eventStream(slug)));
  if (found.length === 0 || found.some((name) => own.has(name))) return;
  throw new Fault(
    'STORE_FOREIGN',
    `the store is another program's: it has ${found.join(', ')}, and no type that this one defines; run that program, or name another directory in STELE_DATA or other servers in NATS_URL`,
  );
};
