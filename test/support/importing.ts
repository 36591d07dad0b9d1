import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../../src/operate/importing/importer.js';

/** Public data sets beside the repository; a checkout without them skips what needs them. */
const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const ASK_EVERY_MS = 20;

/** What an import or a revert says of itself. */
export type Told = {
  readonly import_id: string;
  readonly correlation_id: string;
  readonly dry_run: boolean;
  readonly state: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly done: number;
  readonly total: number;
  readonly sent: {
    readonly accepted: number;
    readonly replayed: number;
    readonly refused: number;
    readonly left_out: number;
  };
  readonly found: Readonly<Record<string, number>>;
  readonly commands: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
};
export type ReportLine = Readonly<Record<string, unknown>> & { readonly about: string };

/** All files of a folder, their paths within it. */
const filesIn = (dir: string, prefix = ''): readonly SourceFile[] =>
  readdirSync(join(dir, prefix)).flatMap((name) => {
    const path = prefix ? `${prefix}/${name}` : name;
    return statSync(join(dir, path)).isDirectory()
      ? filesIn(dir, path)
      : [{ path, bytes: readFileSync(join(dir, path)) }];
  });

/** The files of a public data set, unpacked; undefined where it is not there. */
export const dataSet = (name: string): readonly SourceFile[] | undefined => {
  try {
    if (!name.endsWith('.tar.gz')) return [{ path: name, bytes: readFileSync(join(SHARED, name)) }];
    const dir = mkdtempSync(join(tmpdir(), 'stele-data-set-'));
    execFileSync('tar', ['xzf', join(SHARED, name), '-C', dir]);
    return filesIn(dir);
  } catch {
    return undefined;
  }
};

export const textFile = (path: string, text: string): SourceFile => ({
  path,
  bytes: new TextEncoder().encode(text),
});

/** The imports of a node as a client of its HTTP meets them. */
export const importing = (url: string) => {
  const told = async (response: Response): Promise<Told> => {
    const body = await response.json();
    if (response.status >= 400) throw new Error(JSON.stringify(body));
    return body as Told;
  };
  const form = (files: readonly SourceFile[], mapping?: SourceFile): FormData => {
    const body = new FormData();
    for (const { path, bytes } of files)
      body.append('files', new Blob([new Uint8Array(bytes)]), path);
    if (mapping) body.append('mapping', new Blob([new Uint8Array(mapping.bytes)]), mapping.path);
    return body;
  };
  const ended = async ({ correlation_id }: Told): Promise<Told> => {
    for (;;) {
      const status = await told(await fetch(`${url}/imports/${correlation_id}`));
      if (!['planning', 'running'].includes(status.state)) return status;
      await new Promise((wake) => setTimeout(wake, ASK_EVERY_MS));
    }
  };
  const begin = async (
    format: string,
    files: readonly SourceFile[],
    { query = '', mapping }: { readonly query?: string; readonly mapping?: SourceFile } = {},
  ): Promise<Told> =>
    told(
      await fetch(`${url}/imports/${format}${query}`, {
        method: 'POST',
        body: form(files, mapping),
      }),
    );
  return {
    begin,
    ended,
    run: async (...given: Parameters<typeof begin>): Promise<Told> => ended(await begin(...given)),
    revert: async (id: string, body: object = {}, query = ''): Promise<Told> =>
      ended(
        await told(
          await fetch(`${url}/imports/${id}/revert${query}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        ),
      ),
    stop: async ({ correlation_id }: Told): Promise<Told> =>
      told(await fetch(`${url}/imports/${correlation_id}`, { method: 'DELETE' })),
    report: async ({ correlation_id }: Told): Promise<readonly ReportLine[]> =>
      (await (await fetch(`${url}/imports/${correlation_id}/report`)).text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ReportLine),
  };
};
