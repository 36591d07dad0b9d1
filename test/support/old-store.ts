import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where data directories that older programs wrote are kept, with what they hold. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

export type Json = Readonly<Record<string, unknown>>;

/** Who sends something; each has an API key in the store. */
export type Sender = 'ada' | 'olga' | 'board' | 'carl' | 'left';

/** A request as it was sent. */
export type Sent = {
  readonly by: Sender;
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
};

/** What a data directory holds, as the program that wrote it said. */
export type OldStore = {
  /** The commit of the program. */
  readonly commit: string;
  /** When it was written, ISO 8601 UTC: no clock that reads it is behind. */
  readonly made_at: string;
  readonly keys: Readonly<Record<Sender, string>>;
  /** Each stream with its number of messages, events, aggregates and claims. */
  readonly streams: readonly Json[];
  readonly journal: { readonly entries: number };
  /** The last event of every aggregate. */
  readonly heads: readonly {
    readonly aggregate_type: string;
    readonly aggregate_id: string;
    readonly version: number;
    readonly hash: string;
  }[];
  /** Queries with their answers, without what moves on by itself. */
  readonly answers: readonly {
    readonly by: Sender;
    readonly path: string;
    readonly answer: Json;
  }[];
  /** Commands that were accepted, with their first answers. */
  readonly accepted: readonly { readonly sent: Sent; readonly answer: Json }[];
};

/** The data directories that there are, by the commit that wrote them. */
export const oldStores = (): readonly string[] =>
  readdirSync(FIXTURES)
    .filter((file) => /^store-\w+\.json$/.test(file))
    .map((file) => file.replace(/^store-(\w+)\.json$/, '$1'));

export const readOldStore = (commit: string): OldStore =>
  JSON.parse(readFileSync(join(FIXTURES, `store-${commit}.json`), 'utf8')) as OldStore;

/** A copy of the data directory, for whoever asks to keep or to remove. */
export const unpackOldStore = (commit: string): string => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-old-store-'));
  execFileSync('tar', ['-xzf', join(FIXTURES, `store-${commit}.tar.gz`), '-C', dir]);
  return dir;
};
