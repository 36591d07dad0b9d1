import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { address } from '../client/address.js';
import { SteleProblem } from '../client/stele-problem.js';
import { RETRIES, type Request, type Transport } from '../client/transport.js';
import type { ModelFormat, SourceFile } from '../operate/importing/importer.js';
import { EXIT, Stop } from './exit.js';
import { ImportStatus } from './import-status.js';
import { type Io, paintFor, write } from './io.js';
import { modelSummaryText } from './model-summary-text.js';
import { progress } from './progress.js';
import { readFiles, readOne } from './read-files.js';
import { table } from './table.js';

const ASK_EVERY_MS = 250;
const UPLOAD_WITHIN_MS = 600_000;
/** What is smaller is sent as it is. */
const LIGHTEN_ABOVE_BYTES = 4 * 1024 * 1024;
/** How often a model is sent again because the node that imported it went away. */
const BEGUN_AGAIN_MAX = 20;

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

export type Asking = {
  readonly transport: Transport;
  readonly io: Io;
  readonly options: ModelImportOptions;
  /** Whoever sits there wants it to stop. */
  readonly signal?: AbortSignal;
};

/** Ask until the server can say something. */
const ask = ({ transport, io }: Asking, request: Request): Promise<unknown> =>
  transport.json({
    ...request,
    retries: RETRIES,
    onRetry: (why) => write(io.stderr, `waiting (${why})`),
  });

/** Begin it. A server that is left while it reads begins nothing. */
const beginWith = async (
  asking: Asking,
  begin: Request,
  attempt: number,
): Promise<ImportStatus> => {
  const { signal } = asking;
  try {
    return ImportStatus.parse(await ask(asking, { ...begin, signal }));
  } catch (error) {
    if (!signal?.aborted) throw error;
    const then = attempt === 1 ? 'nothing was written' : 'run it again to go on';
    throw new Stop(`stopped before the server had begun: ${then}`);
  }
};

/** Ask how far it is until it has ended; one that the server no more knows is begun again. */
const follow = async (asking: Asking, begin: Request): Promise<ImportStatus> => {
  const { transport, io, signal } = asking;
  for (let attempt = 1; ; attempt++) {
    const begun = await beginWith(asking, begin, attempt);
    write(
      io.stderr,
      `${begun.operation} ${begun.import_id} (correlation id ${begun.correlation_id})`,
    );
    const ended = await untilEnded(asking, begun);
    if (ended && ended.state !== 'interrupted') return ended;
    if (attempt === BEGUN_AGAIN_MAX || signal?.aborted)
      throw new Stop(
        `${transport.url} did not finish ${begun.correlation_id}: run it again to go on`,
      );
    await sleep(ASK_EVERY_MS);
  }
};

const stop = async (asking: Asking, id: string): Promise<ImportStatus> =>
  ImportStatus.parse(
    await ask(asking, { method: 'DELETE', path: `/imports/${encodeURIComponent(id)}` }),
  );

const untilEnded = async (
  asking: Asking,
  begun: ImportStatus,
): Promise<ImportStatus | undefined> => {
  const { io, signal } = asking;
  let shown: ReturnType<typeof progress> | undefined;
  let asked = false;
  const stopAsked = (): Promise<ImportStatus> => {
    asked = true;
    const said = 'stopping it; Ctrl-C again leaves it to the server';
    if (shown) shown.say(said);
    else write(io.stderr, said);
    return stop(asking, begun.correlation_id);
  };
  try {
    for (;;) {
      const status =
        signal?.aborted && !asked
          ? await stopAsked()
          : ImportStatus.parse(await ask(asking, { path: `/imports/${begun.correlation_id}` }));
      if (status.total > 0 && !status.dry_run) {
        shown ??= progress(
          io,
          status.operation === 'import' ? 'importing' : 'reverting',
          status.total,
        );
        shown.at(status.done, '');
      }
      if (!['planning', 'running'].includes(status.state)) return status;
      await sleep(ASK_EVERY_MS, undefined, asked ? {} : { signal }).catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof SteleProblem && error.status === 404) return undefined;
    throw error;
  } finally {
    shown?.stop();
  }
};

const reportOf = async (
  { transport, io }: Asking,
  { correlation_id }: ImportStatus,
): Promise<readonly string[]> => {
  try {
    const response = await transport.ask({ path: `/imports/${correlation_id}/report` });
    return (await response.text()).split('\n').filter((line) => line !== '');
  } catch (error) {
    if (!(error instanceof SteleProblem) || error.status === 0) throw error;
    write(io.stderr, `the report of ${correlation_id} is gone`);
    return [];
  }
};

const conclude = async (asking: Asking, status: ImportStatus): Promise<number> => {
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
  const { options } = asking;
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
  return conclude(
    asking,
    await follow(asking, {
      method: 'POST',
      path: address(`/imports/${format.name}`, { dry_run: options.dryRun }),
      body: formOf(files, mapping),
      withinMs: UPLOAD_WITHIN_MS,
    }),
  );
};

/** Take an import back and follow it. */
export const revertImport = async (import_id: string, asking: Asking): Promise<number> => {
  const { dryRun: dry_run, approval: approval_id } = asking.options;
  const path = address(`/imports/${encodeURIComponent(import_id)}/revert`, { dry_run });
  return conclude(asking, await follow(asking, { method: 'POST', path, body: { approval_id } }));
};

/** Stop an import or a revert that is under way, and follow it until nothing of it is. */
export const stopImport = async (id: string, asking: Asking): Promise<number> => {
  const status = await stop(asking, id);
  const ended = await untilEnded(asking, status);
  if (!ended) throw new Stop(`${asking.transport.url} knows ${id} no more: it does nothing now`);
  await conclude(asking, ended);
  return EXIT.ok;
};

/** The imports that the log knows. */
export const listImports = async (asking: Asking): Promise<number> => {
  const { io, options } = asking;
  const { items } = Past.parse(await ask(asking, { path: '/imports' }));
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
