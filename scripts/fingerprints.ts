import { readdirSync, readFileSync } from 'node:fs';
import { actors } from '../actors/index.js';
import type { Aggregate } from '../src/core/aggregate.js';
import { canonical, sha256 } from '../src/core/canonical.js';
import { type StoredEvent, seal } from '../src/core/event.js';
import { JOURNAL, type Projection } from '../src/core/projection.js';
import { completeProjections } from '../src/read/projections/index.js';
import { resourceOf } from '../src/read/projections/resource.js';
import {
  type DecodedEntry,
  decodeEvent,
  decodeJournalEntry,
} from '../src/read/projector/decoded-entry.js';
import { MemoryDocuments } from '../src/read/projector/memory-documents.js';
import type { JournalEntry } from '../src/write/store/command-journal.js';
import { projections } from '../streams/index.js';

/** What projections make of golden histories: each history by the hash of its documents. */
export type Fingerprint = {
  /** Of the definition: whoever has documents of another one builds them anew. */
  readonly hash: string;
  readonly documents: Readonly<Record<string, string>>;
};
export type Fingerprints = Readonly<Record<string, Fingerprint>>;

/** Where those of the last version are kept. */
export const FINGERPRINTS = new URL('../streams/golden/fingerprints.json', import.meta.url);
const HISTORIES = new URL('../streams/golden/histories.json', import.meta.url);
/** Histories of this name are for all projections, others for the one of their name. */
const ANY = 'any';
const DIGITS = 12;
const AT = '2026-01-06T10:00:00.000Z';

/** An event of a golden history, as it was stored. */
type Golden = {
  readonly type: string;
  readonly id: string;
  readonly event: string;
  readonly version: number;
  readonly event_id: string;
  readonly at?: string;
  readonly effective_at?: string;
  readonly data: Readonly<Record<string, unknown>>;
};
type GoldenEntry = Golden | { readonly journal: Readonly<Record<string, unknown>> };
type History<E = GoldenEntry> = {
  readonly name: string;
  /** The projection it is for. */
  readonly of: string;
  readonly entries: readonly E[];
};

const readJson = (url: URL): unknown => JSON.parse(readFileSync(url, 'utf8'));

/** The golden histories of an aggregate type, each of one aggregate. */
const historiesOf = ({ name: type, slug }: Aggregate): readonly History[] => {
  const folder = new URL(`../actors/${slug}/golden/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const { events } = readJson(new URL(file, folder)) as {
        readonly events: readonly (Pick<Golden, 'event_id' | 'data'> & {
          readonly event_type: string;
          readonly event_version: number;
        })[];
      };
      const entries = events.map(({ event_type: event, event_version: version, ...rest }) => ({
        ...rest,
        type,
        id: 'golden',
        event,
        version,
      }));
      return { name: `${slug}/${file.replace('.json', '')}`, of: ANY, entries };
    });
};

/** Histories of aggregates that name one another. */
const landscapes = (): readonly History[] =>
  Object.entries(
    readJson(HISTORIES) as Record<string, readonly (readonly GoldenEntry[])[]>,
  ).flatMap(([of, histories]) =>
    histories.map((entries, index) => ({ name: `${of} ${index + 1}`, of, entries })),
  );

const stored = (one: Golden, place: { readonly version: number; readonly sequence: number }) => ({
  ...seal({
    event_id: one.event_id,
    event_type: one.event,
    event_version: one.version,
    aggregate_type: one.type,
    aggregate_id: one.id,
    aggregate_version: place.version,
    event_timestamp: one.at ?? AT,
    actor: 'golden',
    actor_type: 'user',
    source: 'api',
    causation_id: one.event_id,
    command_hash: '',
    correlation_id: null,
    business_justification: null,
    approval_id: null,
    effective_at: one.effective_at ?? null,
    traceparent: null,
    data: one.data,
    previous_hash: null,
  }),
  sequence: place.sequence,
});

const decoded = ({ name, of, entries }: History): History<DecodedEntry> => {
  const counts = new Map<string, number>();
  const next = (of: string): number => {
    const count = (counts.get(of) ?? 0) + 1;
    counts.set(of, count);
    return count;
  };
  const all = entries.map((one) => {
    if ('journal' in one)
      return decodeJournalEntry(one.journal as unknown as JournalEntry, next(JOURNAL), 0);
    const definition = actors.find(({ name }) => name === one.type)!;
    const place = { version: next(`${one.type}/${one.id}`), sequence: next(definition.slug) };
    return decodeEvent(definition, stored(one, place) as StoredEvent);
  });
  return { name, of, entries: all };
};

/** The documents after each entry, as one short text. */
const digest = (projection: Projection, entries: readonly DecodedEntry[]): string => {
  const documents = new MemoryDocuments(projection);
  const forms = entries.map((entry) => {
    documents.take(entry, { now: () => AT });
    return canonical([Object.fromEntries(documents.views), [...documents.parked.keys()]]);
  });
  return sha256(forms.join('\n')).slice(0, DIGITS);
};

/** Every projection there is, the resource of a type for which one was written among them. */
const allProjections = (): readonly Projection[] => {
  const complete = completeProjections(actors, projections);
  const names = new Set(complete.map(({ name }) => name));
  return [...complete, ...actors.map(resourceOf).filter(({ name }) => !names.has(name))];
};

/** What the projections of this program make of every golden history that concerns them. */
export const fingerprints = (): Fingerprints => {
  const histories = [...actors.flatMap(historiesOf), ...landscapes()].map(decoded);
  return Object.fromEntries(
    allProjections().map((projection) => {
      const slugs = new Set(projection.sources.map(({ slug }) => slug));
      const documents = histories.flatMap(({ name, of, entries }) => {
        if (of !== ANY && of !== projection.name) return [];
        const own = entries.filter(({ source }) => slugs.has(source));
        return own.length === 0 ? [] : [[name, digest(projection, own)] as const];
      });
      const { hash } = projection;
      return [
        projection.name,
        { hash: hash.slice(0, DIGITS), documents: Object.fromEntries(documents) },
      ];
    }),
  );
};

/** Those that were kept. */
export const keptFingerprints = (): Fingerprints => readJson(FINGERPRINTS) as Fingerprints;

/** Projections that make other documents than before under the same hash: nobody builds them anew. */
export const unversioned = (kept: Fingerprints, now: Fingerprints): readonly string[] =>
  Object.entries(now).flatMap(([name, { hash, documents }]) => {
    const before = kept[name];
    if (before?.hash !== hash) return [];
    const other = Object.keys(documents).filter(
      (history) => documents[history] !== (before.documents[history] ?? documents[history]),
    );
    return other.length === 0 ? [] : [`${name} (${other.join(', ')})`];
  });
