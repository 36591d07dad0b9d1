import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';

/** Every version of GOV.UK's inventory, in the order they were committed. */
export const GOVUK_FILE = fileURLToPath(
  new URL('../../examples/govuk/history.jsonl.gz', import.meta.url),
);
/** Rows of all versions, without the 38 that name one twice. */
export const GOVUK_ROWS = 43_272;

export type Version = {
  readonly commit: string;
  readonly committed_at: string;
  readonly yaml: string;
};
export type Row = {
  readonly owner: string | null;
  readonly type: string | null;
  readonly hosting: readonly string[];
  readonly retired: boolean;
};
export type Portfolio = ReadonlyMap<string, Row>;

export const govukVersions = (): readonly Version[] =>
  gunzipSync(readFileSync(GOVUK_FILE))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Version);

/** The oracle: what one version of the YAML says, read here and nowhere else. */
export const told = ({ yaml }: Version): Portfolio => {
  const rows = new Map<string, Row>();
  for (const row of parse(yaml, { uniqueKeys: false }) as Record<string, unknown>[]) {
    const name = String(row.app_name ?? row.github_repo_name ?? row.repo_name);
    if (rows.has(name)) continue; // listed twice: the first one counts
    const host = row.production_hosted_on;
    rows.set(name, {
      owner: (row.team as string | undefined) ?? null,
      type: (row.type as string | undefined) ?? null,
      hosting: host === undefined || host === null || host === 'none' ? [] : [String(host)],
      retired: row.retired === true,
    });
  }
  return rows;
};

/** What is different between two versions: names that came, went, or whose row says otherwise. */
export const toldDifference = (from: Portfolio, to: Portfolio) => {
  const same = (a: Row, b: Row): boolean => JSON.stringify(a) === JSON.stringify(b);
  return {
    added: [...to.keys()].filter((name) => !from.has(name)).sort(),
    removed: [...from.keys()].filter((name) => !to.has(name)).sort(),
    changed: [...to.keys()]
      .filter((name) => from.has(name) && !same(from.get(name)!, to.get(name)!))
      .sort(),
  };
};
