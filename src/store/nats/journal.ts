import { JOURNAL_SUBJECT } from '../../core/subjects.js';
import type { JournalEntry } from '../port.js';
import { headerBlock, textOf } from './headers.js';
import type { Mux } from './mux.js';

/** Entries are written together, this often. */
const FLUSH_EVERY_MS = 100;
/** A message of the journal is closed when it is this long. */
const MESSAGE_BYTES = 256 * 1024;
/** An entry longer than this keeps everything but the command's data. */
const ENTRY_BYTES_MAX = 16 * 1024;
/** Entries that may wait for a server; beyond it the oldest are dropped and counted. */
export const JOURNAL_WAITING_MAX = 50_000;

const HEADERS = headerBlock('Stele-Journal: 1\r\n');

const encode = (entry: JournalEntry): string => {
  const text = JSON.stringify(entry);
  if (text.length <= ENTRY_BYTES_MAX) return text;
  const note = `[${text.length} bytes, too long for the journal]`;
  return JSON.stringify({ ...entry, data: note, message: entry.message?.slice(0, 1_000) });
};

/** Many entries in one message of the journal stream, so that they cost one fsync together. */
export class Journal {
  readonly #mux: Mux;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];
  #flushing: Promise<void> = Promise.resolve();
  /** Entries that were dropped: too many waited, or they could not be written before the end. */
  dropped = 0;

  constructor(mux: Mux) {
    this.#mux = mux;
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** Entries that are not written yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(entry: JournalEntry): void {
    this.#waiting.push(encode(entry));
    this.#trim();
  }

  #trim(): void {
    const excess = this.#waiting.length - JOURNAL_WAITING_MAX;
    if (excess <= 0) return;
    this.#waiting.splice(0, excess);
    this.dropped += excess;
  }

  /** Write what waits. What could not be written waits on, in order. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      while (this.#waiting.length > 0) {
        const some = this.#take();
        if (await this.#write(some)) continue;
        this.#waiting = [...some, ...this.#waiting];
        this.#trim();
        return;
      }
    });
    return this.#flushing;
  }

  #take(): string[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && bytes < MESSAGE_BYTES)
      bytes += this.#waiting[count++]!.length;
    return this.#waiting.splice(0, count);
  }

  async #write(entries: readonly string[]): Promise<boolean> {
    try {
      const body = Buffer.from(`[${entries.join(',')}]`);
      const ack = textOf(await this.#mux.request(JOURNAL_SUBJECT, HEADERS, body));
      return ack !== '' && (JSON.parse(ack) as { seq?: number }).seq !== undefined;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.dropped += this.#waiting.length;
    this.#waiting = [];
  }
}
