import { createHash } from 'node:crypto';

const ID_BYTES = 16;
const SEQUENCE_BYTES = 6;
const ENTRY_BYTES = ID_BYTES + SEQUENCE_BYTES;
/** Room for so many at first; it doubles. */
const ENTRIES_FIRST = 8;

const idIn = (bytes: Buffer, at: number): string => {
  const hex = bytes.toString('hex', at, at + ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** SHA-256 of packed commands, hexadecimal. */
export const packedHash = (packed: Uint8Array): string =>
  createHash('sha256').update(packed).digest('hex');

/**
 * Every command id that an aggregate accepted, with the sequence of the command's first event, in
 * the order of the log. It only grows, and so does its packed form: 22 bytes each, so that what was
 * written of it once need not be written again. A UUID is the same in whatever case it comes.
 */
export class AcceptedCommands {
  readonly #sequences = new Map<string, number>();
  #bytes = Buffer.alloc(ENTRIES_FIRST * ENTRY_BYTES);
  #length = 0;
  #hash = createHash('sha256');

  /** @throws RangeError when the bytes are not what `packed` gave */
  static from(packed: Uint8Array): AcceptedCommands {
    if (packed.length % ENTRY_BYTES !== 0)
      throw new RangeError(`${packed.length} bytes are no list of accepted commands`);
    const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
    const accepted = new AcceptedCommands();
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES)
      accepted.add(idIn(bytes, at), bytes.readUIntBE(at + ID_BYTES, SEQUENCE_BYTES));
    return accepted;
  }

  get size(): number {
    return this.#sequences.size;
  }

  has(commandId: string): boolean {
    return this.#sequences.has(commandId.toLowerCase());
  }

  get(commandId: string): number | undefined {
    return this.#sequences.get(commandId.toLowerCase());
  }

  /** One that is known already stays where it was. */
  add(commandId: string, sequence: number): void {
    const id = commandId.toLowerCase();
    if (this.#sequences.has(id)) return;
    this.#sequences.set(id, sequence);
    if (this.#length === this.#bytes.length) this.#grow();
    const at = this.#length;
    this.#bytes.write(id.replaceAll('-', ''), at, 'hex');
    this.#bytes.writeUIntBE(sequence, at + ID_BYTES, SEQUENCE_BYTES);
    this.#length += ENTRY_BYTES;
    this.#hash.update(this.#bytes.subarray(at, this.#length));
  }

  #grow(): void {
    const bytes = Buffer.alloc(this.#bytes.length * 2);
    this.#bytes.copy(bytes);
    this.#bytes = bytes;
  }

  /** What a snapshot keeps: these bytes never change, later ones begin with them. */
  packed(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** `packedHash` of `packed()`, without going through all of it. */
  hash(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Forget all: for whoever needs only the state. */
  clear(): void {
    this.#sequences.clear();
    this.#length = 0;
    this.#hash = createHash('sha256');
  }
}
