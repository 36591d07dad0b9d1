import type { Aggregate } from '../../core/aggregate.js';
import { eventStream } from '../../core/subjects.js';
import { type Finding, finding } from './finding.js';
import type { OpenedStore } from './reading-store.js';

/**
 * Streams of events that no definition here stands for: nothing that this program can say of the
 * store is about them. It is the store of another program, or one that lost a definition.
 */
export const examineStrangers = async (
  store: Pick<OpenedStore, 'eventStreams' | 'stream'>,
  definitions: readonly Pick<Aggregate, 'slug'>[],
): Promise<readonly Finding[]> => {
  const known = new Set(definitions.map(({ slug }) => eventStream(slug)));
  const findings: Finding[] = [];
  for (const stream of await store.eventStreams()) {
    if (known.has(stream)) continue;
    const last = (await store.stream(stream))?.last ?? 0;
    const what = `this program defines no such type: its ${last} messages were not examined`;
    if (last > 0) findings.push(finding('STREAM_UNKNOWN', what, { stream }));
  }
  return findings;
};
