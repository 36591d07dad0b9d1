import { SteleProblem } from '../client/stele-problem.js';
import type { Transport } from '../client/transport.js';
import { Unreachable } from '../client/unreachable.js';
import type { ImportCommand, Importer, OpenedImport } from '../operate/importing/importer.js';
import { type Sent, sentOf } from '../operate/importing/send.js';
import { EXIT, Stop } from './exit.js';
import { importSummaryJson, importSummaryText, openReport } from './import-summary-text.js';
import { type Io, paintFor, write } from './io.js';
import { progress } from './progress.js';
import { ImportStopped, type ImportSummary, runImport } from './run-import.js';

/** The importer of that name. */
export const importerNamed = (importers: readonly Importer[], name: string): Importer => {
  const found = importers.find((one) => one.name === name);
  if (found) return found;
  const names = importers.map((one) => one.name).join(', ');
  throw new Stop(`there is no importer "${name}"; there are ${names}`, EXIT.notFound);
};

/** What an answer to an accepted command says that an import looks at. */
type Told = {
  readonly replayed?: boolean;
  readonly events?: readonly { readonly event_id: string }[];
};

/** Send to a server. */
export const toServer =
  (transport: Transport) =>
  async (command: ImportCommand): Promise<Sent> => {
    try {
      const sending = { method: 'POST', path: '/commands', body: command };
      const { replayed = false, events = [] } = await transport.json<Told>(sending);
      return { kind: 'accepted', replayed, event_ids: events.map(({ event_id }) => event_id) };
    } catch (error) {
      if (!(error instanceof SteleProblem)) throw error;
      if (!(error instanceof Unreachable)) return sentOf(error);
      const message = `no Stele answers at ${error.url} (${error.reason})`;
      return { kind: 'unavailable', code: 'UNREACHABLE', message };
    }
  };

/** Open a file, or end with what is wrong with it. */
export const openImport = async (importer: Importer, file: string): Promise<OpenedImport> => {
  try {
    return await importer.open(file);
  } catch (error) {
    const { name, message, cause } = error as Error;
    const { code } = (cause ?? error) as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Stop(`${file}: there is no such file`, EXIT.notFound);
    throw new Stop(name === 'ImportError' ? message : `${file} cannot be read: ${message}`);
  }
};

export type ImportingOptions = {
  readonly opened: OpenedImport;
  readonly send: (command: ImportCommand) => Promise<Sent>;
  readonly io: Io;
  readonly json?: boolean;
  readonly report?: string;
  readonly signal?: AbortSignal;
  /** Where the summary goes. */
  readonly out: NodeJS.WriteStream;
};

/** Import a file with progress and a summary; an import that stopped half-way says how to go on. */
export const importFile = async (options: ImportingOptions): Promise<ImportSummary> => {
  const { opened, send, io, json, out, signal } = options;
  const report = await openReport(options.report);
  const shown = progress(io, 'importing', opened.steps);
  const start = performance.now();
  const sum = (summary: ImportSummary): void => {
    const seconds = Math.round(performance.now() - start) / 1000;
    if (json) write(out, JSON.stringify(importSummaryJson(summary, seconds)));
    else write(out, importSummaryText(summary, seconds, paintFor(out, io.env)));
    if (options.report !== undefined)
      write(io.stderr, `refusals and notes as JSON lines in ${options.report}`);
  };
  try {
    const summary = await runImport({
      opened,
      send,
      ...(signal && { signal }),
      onReport: (line) => report.write(line),
      onProgress: (step, label) => shown.at(step, label),
      onWait: (code) => shown.say(`waiting (${code})`),
    });
    shown.stop();
    await report.close();
    sum(summary);
    return summary;
  } catch (error) {
    shown.stop();
    await report.close();
    if (error instanceof ImportStopped) {
      sum(error.summary);
      if (!error.begun) throw new Stop(`the import ${error.message}`);
      throw new Stop(
        `the import ${error.message}\nRun it again to go on: what went in before is not done twice.`,
      );
    }
    if ((error as Error).name === 'ImportError') throw new Stop((error as Error).message);
    throw error;
  }
};
