import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { ImportError } from '../../src/operate/importing/importer.js';

/** The longest line that is read; the real file's longest has 44 thousand characters. */
const LINE_CHARS_MAX = 16 * 1024 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

export const FORMAT =
  'one JSON object per line, { commit, committed_at, actor, path, yaml }, plain or gzipped';

const Text = z.string().trim().min(1);
const VersionRecord = z.object({
  commit: z.string().regex(/^[0-9a-f]{12,64}$/, 'expected a commit hash in lower-case hexadecimal'),
  committed_at: z.iso.datetime({ offset: true, error: 'expected ISO 8601 with an offset' }),
  actor: Text.max(255),
  path: Text,
  yaml: z.string(),
});

/** One version of the inventory as it was committed; `committed_at` in UTC. */
export type Version = z.output<typeof VersionRecord> & { readonly line: number };

type Line = { readonly number: number; readonly text: string };

const unreadable = (file: string, line: number, cause: unknown): ImportError =>
  new ImportError(
    {
      code: 'FILE_UNREADABLE',
      file,
      ...(line === 1 ? {} : { line }),
      wrong: `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
      expected: `a readable file in UTF-8, ${FORMAT}`,
    },
    { cause },
  );

const isGzip = async (file: string): Promise<boolean> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.equals(GZIP_MAGIC);
  } finally {
    await handle.close();
  }
};

async function* textOf(file: string): AsyncGenerator<string> {
  const gzipped = await isGzip(file);
  const source = createReadStream(file);
  const bytes = gzipped ? source.pipe(createGunzip()) : source;
  if (bytes !== source) source.on('error', (error) => bytes.destroy(error));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  } finally {
    source.destroy();
  }
}

const tooLong = (file: string, line: number): ImportError =>
  new ImportError({
    code: 'LINE_TOO_LONG',
    file,
    line,
    wrong: `longer than ${LINE_CHARS_MAX} characters`,
    expected: FORMAT,
  });

/** The lines that are not blank. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let number = 1;
  let rest = '';
  try {
    for await (const text of textOf(file)) {
      const pieces = (rest + text).split('\n');
      rest = pieces.pop() ?? '';
      for (const piece of pieces) {
        if (piece.trim() !== '') yield { number, text: piece };
        number += 1;
      }
      if (rest.length > LINE_CHARS_MAX) throw tooLong(file, number);
    }
  } catch (cause) {
    throw cause instanceof ImportError ? cause : unreadable(file, number, cause);
  }
  if (rest.trim() !== '') yield { number, text: rest };
}

const parseJson = (file: string, { number, text }: Line): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const wrong = `not JSON (${(cause as SyntaxError).message})`;
    throw new ImportError(
      { code: 'INVALID_JSON', file, line: number, wrong, expected: FORMAT },
      { cause },
    );
  }
};

const parseVersion = (file: string, line: Line): Version => {
  const parsed = VersionRecord.safeParse(parseJson(file, line));
  if (!parsed.success) {
    const wrong = parsed.error.issues
      .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
      .join('; ');
    throw new ImportError({
      code: 'INVALID_RECORD',
      file,
      line: line.number,
      wrong,
      expected: FORMAT,
    });
  }
  const { data } = parsed;
  return { ...data, committed_at: new Date(data.committed_at).toISOString(), line: line.number };
};

/** How many versions the file holds. Reads it to its end, so that a broken archive shows here. */
export const countVersions = async (file: string): Promise<number> => {
  let count = 0;
  for await (const _ of linesOf(file)) count += 1;
  if (count > 0) return count;
  throw new ImportError({
    code: 'EMPTY_FILE',
    file,
    wrong: 'holds no version',
    expected: `at least one line, ${FORMAT}`,
  });
};

/** The versions in the order of the file, one at a time. */
export async function* readVersions(file: string): AsyncGenerator<Version> {
  const commits = new Map<string, number>();
  for await (const line of linesOf(file)) {
    const version = parseVersion(file, line);
    const before = commits.get(version.commit);
    if (before !== undefined)
      throw new ImportError({
        code: 'REPEATED_COMMIT',
        file,
        line: version.line,
        wrong: `commit ${version.commit} stands on line ${before} already`,
        expected: 'every commit once',
      });
    commits.set(version.commit, version.line);
    yield version;
  }
}
