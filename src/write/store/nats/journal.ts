import type { JournalEntry } from '../command-journal.js';
import type { WriteGate } from '../write-gate.js';
import { FULL_CODES } from './appender.js';
import { headerBlock, textOf } from './headers.js';
import { type Mux, Unanswered } from './mux.js';

/** Entries are written together, this often. */
const FLUSH_EVERY_MS = 100;
/** Who does not take a message is asked this often: each time brings all of it. */
const REFUSED_AGAIN_MS = 1_000;
/** A message of the journal is closed when it is this long. */
const MESSAGE_BYTES = 256 * 1024;
/** What a message has besides its entries, bytes: headers, and what stands between entries. */
const MESSAGE_BESIDES_BYTES = 1024;
/** An entry longer than this keeps everything but the command's data. */
const ENTRY_BYTES_MAX = 16 * 1024;
/** Entries that may wait for a server; beyond it the oldest are dropped and counted. */
export const JOURNAL_WAITING_MAX = 50_000;
/** The same in characters: entries differ a hundredfold. */
const JOURNAL_WAITING_CHARS = 32 * 1024 * 1024;

/** Entries that are written in one message. It is sent as it is until it is there, under one id. */
type Batch = { readonly id: string; readonly entries: readonly string[] };

type PubAck = {
  readonly seq?: number;
  readonly error?: { readonly err_code?: number; readonly description?: string };
};

type JournalOptions = {
  /** While there is no room entries wait: what is refused for want of it must not fill the rest. */
  readonly gate?: WriteGate;
  readonly onUnanswered?: (write: Unanswered) => void;
  /** Largest message the server takes now, bytes: it may be started again with another one. */
  readonly maxPayload?: () => number;
};

const encode = (entry: JournalEntry): string => {
  const text = JSON.stringify(entry);
  const bytes = Buffer.byteLength(text);
  if (bytes <= ENTRY_BYTES_MAX) return text;
  const note = `[${bytes} bytes, too long for the journal]`;
  return JSON.stringify({ ...entry, data: note, message: entry.message?.slice(0, 1_000) });
};

const charsOf = (texts: readonly string[]): number =>
  texts.reduce((sum, { length }) => sum + length, 0);

/** Bytes of an entry, and of what parts it from the next. */
const sizeOf = (text: string): number => Buffer.byteLength(text) + 1;

/** Many entries in one message of the journal stream, so that they cost one fsync together. */
export class Journal {
  readonly #mux: Mux;
  readonly #subject: string;
  readonly #options: JournalOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];
  /** Characters of what waits and was not sent. */
  #chars = 0;
  /** What was sent and not acknowledged: it may be there all the same. */
  #doubtful: Batch | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #tried = Number.NEGATIVE_INFINITY;
  /** Whether the last message was answered and not acknowledged. */
  #isRefused = false;
  /** Entries that were dropped: too many waited, or they could not be written before the end. */
  dropped = 0;
  /** Sequence of the last message that was acknowledged here. */
  head = 0;
  /** What the server said when it had no room for anything, until it takes what waits. */
  full: string | undefined;

  constructor(mux: Mux, subject: string, options: JournalOptions = {}) {
    this.#mux = mux;
    this.#subject = subject;
    this.#options = options;
    this.#timer = setInterval(() => {
      if (!this.#isRefused || performance.now() - this.#tried >= REFUSED_AGAIN_MS)
        void this.flush();
    }, FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** Entries that are not written yet. */
  get waiting(): number {
    return this.#waiting.length + (this.#doubtful?.entries.length ?? 0);
  }

  add(entry: JournalEntry): void {
    const text = encode(entry);
    this.#waiting.push(text);
    this.#chars += text.length;
    this.#trim();
  }

  #trim(): void {
    let excess = Math.max(0, this.waiting - JOURNAL_WAITING_MAX);
    let chars = this.#chars - charsOf(this.#waiting.slice(0, excess));
    while (chars > JOURNAL_WAITING_CHARS) chars -= this.#waiting[excess++]!.length;
    this.dropped += this.#let(excess).length;
  }

  /** Take the oldest away. */
  #let(count: number): string[] {
    const gone = this.#waiting.splice(0, count);
    this.#chars -= charsOf(gone);
    return gone;
  }

  /** Write what waits. What could not be written waits on, in order. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      while (this.waiting > 0 && !this.#options.gate?.isShutFor('STORE_FULL')) {
        this.#putBackTooLarge();
        this.#doubtful ??= { id: crypto.randomUUID(), entries: this.#take() };
        if (!(await this.#write(this.#doubtful))) return;
        this.#doubtful = undefined;
      }
    });
    return this.#flushing;
  }

  get #room(): number {
    const most = this.#options.maxPayload?.() ?? Number.POSITIVE_INFINITY;
    return Math.min(MESSAGE_BYTES, most - MESSAGE_BESIDES_BYTES);
  }

  #take(): string[] {
    let bytes = 0;
    let count = 0;
    const room = this.#room;
    for (const text of this.#waiting) {
      bytes += sizeOf(text);
      if (count > 0 && bytes > room) break;
      count++;
    }
    return this.#let(count);
  }

  /** What the server took when it was made and takes no more: rather twice there than never. */
  #putBackTooLarge(): void {
    const { entries = [] } = this.#doubtful ?? {};
    if (entries.length < 2 || entries.reduce((sum, text) => sum + sizeOf(text), 0) <= this.#room)
      return;
    this.#waiting.unshift(...entries);
    this.#chars += charsOf(entries);
    this.#doubtful = undefined;
  }

  async #write({ id, entries }: Batch): Promise<boolean> {
    this.#tried = performance.now();
    try {
      const headers = headerBlock(`Stele-Journal: 1\r\nNats-Msg-Id: ${id}\r\n`);
      const body = Buffer.from(`[${entries.join(',')}]`);
      const ack = textOf(await this.#mux.request(this.#subject, headers, body));
      this.#isRefused = true; // also by an answer that is none: no stream takes the subject
      const { seq, error } = JSON.parse(ack) as PubAck;
      this.#isRefused = seq === undefined;
      this.head = Math.max(this.head, seq ?? 0);
      const isFull = FULL_CODES.has(error?.err_code ?? 0);
      this.full = isFull ? `the event store has no room: ${error?.description}` : undefined;
      return seq !== undefined;
    } catch (error) {
      // What is no acknowledgement, nothing at all among it, comes here too.
      this.full = undefined;
      if (error instanceof Unanswered) this.#isRefused = false;
      if (error instanceof Unanswered && error.silent) this.#options.onUnanswered?.(error);
      return false;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.dropped += this.waiting;
    this.#waiting = [];
    this.#doubtful = undefined;
  }
}
