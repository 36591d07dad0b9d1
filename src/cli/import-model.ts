import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { ModelFormat, SourceFile } from '../operate/importing/importer.js';
import {
  type Answer,
  askSurely,
  type Client,
  noServer,
  problemStop,
  sleep,
  Unreachable,
} from './client.js';
import { EXIT, Stop } from './exit.js';
import { modelSummaryText } from './import-model-report.js';
import { type Io, paintFor, write } from './io.js';
import { readFiles, readOne } from './model-files.js';
import { progress } from './progress.js';
import { table } from './table.js';

const ASK_EVERY_MS = 250;
const UPLOAD_TIMEOUT_MS = 600_000;
/** What is smaller is sent as it is. */
const LIGHTEN_ABOVE_BYTES = 4 * 1024 * 1024;
/** How often a model is sent again because the node that imported it went away. */
const BEGUN_AGAIN_MAX = 20;

const Counts = z.record(z.string(), z.number());
const Status = z.looseObject({
  import_id: z.string(),
  correlation_id: z.string(),
  operation: z.enum(['import', 'revert']),
  dry_run: z.boolean(),
  state: z.enum(['planning', 'running', 'finished', 'interrupted', 'failed']),
  reason: z.string().nullable(),
  code: z.string().nullable(),
  done: z.number(),
  total: z.number(),
  sent: z.object({
    accepted: z.number(),
    replayed: z.number(),
    refused: z.number(),
    left_out: z.number(),
  }),
  found: Counts,
  commands: Counts,
  notes: Counts,
  refusals: Counts,
});
export type Status = z.output<typeof Status>;

const Past = z.object({
  items: z.array(
    z.looseObject({
      import_id: z.string(),
      events: z.number(),
      first_at: z.string(),
      actor: z.string(),
      because: z.string().nullable(),
      reverted: z.boolean(),
    }),
  ),
});

export type ModelImportOptions = {
  readonly mapping?: string;
  readonly approval?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly report?: string;
};

type Asking = { readonly client: Client; readonly io: Io; readonly options: ModelImportOptions };

const okOf = (answer: Answer, io: Io): unknown => {
  if (answer.status >= 400) throw problemStop(answer, paintFor(io.stderr, io.env));
  return answer.body;
};

const surely = async ({ client, io }: Asking, ask: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await askSurely(ask, (why) => write(io.stderr, `waiting (${why})`));
  } catch (error) {
    throw error instanceof Unreachable ? noServer(client.server, error) : error;
  }
};

/** Ask how far it is until it has ended; one that the server no more knows is begun again. */
const follow = async (asking: Asking, begin: () => Promise<Answer>): Promise<Status> => {
  const { client, io } = asking;
  for (let attempt = 1; ; attempt++) {
    const begun = Status.parse(okOf(await surely(asking, begin), io));
    write(
      io.stderr,
      `${begun.operation} ${begun.import_id} (correlation id ${begun.correlation_id})`,
    );
    const ended = await untilEnded(asking, begun);
    if (ended && ended.state !== 'interrupted') return ended;
    if (attempt === BEGUN_AGAIN_MAX)
      throw new Stop(
        `${client.server} did not finish ${begun.correlation_id}: run it again to go on`,
      );
    await sleep(ASK_EVERY_MS);
  }
};

const untilEnded = async (asking: Asking, begun: Status): Promise<Status | undefined> => {
  const { client, io } = asking;
  let shown: ReturnType<typeof progress> | undefined;
  try {
    for (;;) {
      const answer = await surely(asking, () => client.ask(`/imports/${begun.correlation_id}`));
      if (answer.status === 404) return undefined;
      const status = Status.parse(okOf(answer, io));
      if (status.total > 0 && !status.dry_run) {
        shown ??= progress(
          io,
          status.operation === 'import' ? 'importing' : 'reverting',
          status.total,
        );
        shown.at(status.done, '');
      }
      if (!['planning', 'running'].includes(status.state)) return status;
      await sleep(ASK_EVERY_MS);
    }
  } finally {
    shown?.stop();
  }
};

const reportOf = async (
  { client, io }: Asking,
  { correlation_id }: Status,
): Promise<readonly string[]> => {
  const response = await client.open(`/imports/${correlation_id}/report`, {});
  const text = await response.text();
  if (!response.ok) write(io.stderr, `the report of ${correlation_id} is gone`);
  return response.ok ? text.split('\n').filter((line) => line !== '') : [];
};

const conclude = async (asking: Asking, status: Status): Promise<number> => {
  const { io, options } = asking;
  const lines = await reportOf(asking, status);
  if (options.report !== undefined) {
    try {
      writeFileSync(options.report, lines.map((line) => `${line}\n`).join(''));
    } catch (error) {
      throw new Stop(
        `--report: ${options.report} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      );
    }
  }
  if (options.json) write(io.stdout, JSON.stringify(status));
  else write(io.stdout, modelSummaryText(status, lines, paintFor(io.stdout, io.env)));
  return status.state === 'finished' && status.sent.refused === 0 ? EXIT.ok : EXIT.failed;
};

const formOf = (files: readonly SourceFile[], mapping: SourceFile | undefined): FormData => {
  const form = new FormData();
  const blob = ({ bytes }: SourceFile): Blob => new Blob([new Uint8Array(bytes)]);
  for (const file of files) form.append('files', blob(file), file.path);
  if (mapping) form.append('mapping', blob(mapping), mapping.path);
  return form;
};

const sizeOf = (files: readonly SourceFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/** Large files without what nobody reads of them. */
const lightened = (
  { lighten }: ModelFormat,
  files: readonly SourceFile[],
  io: Io,
): readonly SourceFile[] => {
  const bytes = sizeOf(files);
  if (!lighten || bytes <= LIGHTEN_ABOVE_BYTES) return files;
  const lighter = files.map(lighten);
  const left = sizeOf(lighter);
  if (left < bytes)
    write(io.stderr, `layout and images are not sent: ${left} bytes instead of ${bytes}`);
  return lighter;
};

/** Send the files of a model and follow what becomes of them. */
export const importModel = async (
  format: ModelFormat,
  path: string,
  asking: Asking,
): Promise<number> => {
  const { client, options } = asking;
  if (format.needsMapping && options.mapping === undefined)
    throw new Stop(
      `${format.name} needs --mapping <file>, which says what the columns are`,
      EXIT.usage,
    );
  const files = lightened(
    format,
    readFiles(path, format.isPart, (file, why) =>
      write(asking.io.stderr, `${file} is left out: ${why}`),
    ),
    asking.io,
  );
  const mapping = options.mapping === undefined ? undefined : readOne(options.mapping);
  const query = options.dryRun ? '?dry_run=true' : '';
  const begin = (): Promise<Answer> =>
    client.ask(`/imports/${format.name}${query}`, {
      method: 'POST',
      body: formOf(files, mapping),
      signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
    });
  return conclude(asking, await follow(asking, begin));
};

/** Take an import back and follow it. */
export const revertImport = async (import_id: string, asking: Asking): Promise<number> => {
  const { client, options } = asking;
  const query = options.dryRun ? '?dry_run=true' : '';
  const approval = options.approval === undefined ? {} : { approval_id: options.approval };
  const path = `/imports/${encodeURIComponent(import_id)}/revert${query}`;
  return conclude(asking, await follow(asking, () => client.post(path, approval)));
};

/** The imports that the log knows. */
export const listImports = async (asking: Asking): Promise<number> => {
  const { client, io, options } = asking;
  const { items } = Past.parse(okOf(await surely(asking, () => client.ask('/imports')), io));
  if (options.json) for (const item of items) write(io.stdout, JSON.stringify(item));
  else
    write(
      io.stdout,
      table(
        ['IMPORT', 'BEGUN', 'EVENTS', 'BY', 'REVERTED', 'WHAT'],
        items.map((one) => [
          one.import_id,
          one.first_at,
          String(one.events),
          one.actor,
          one.reverted ? 'yes' : 'no',
          one.because ?? '',
        ]),
      ),
    );
  return EXIT.ok;
};
