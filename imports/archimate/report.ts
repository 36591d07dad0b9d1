import type { ImportNote } from '../../src/operate/importing/importer.js';
import type { LeftOut } from './source.js';

type Counted = { readonly where: string; readonly kind: string; readonly what: string };

/** What is told of a model beside its elements and relations. */
export class Report {
  readonly #skipped: ImportNote[] = [];
  readonly #skippedOften = new Map<string, Counted & { count: number }>();
  readonly #read = new Map<string, Counted & { count: number }>();
  readonly #notes: ImportNote[] = [];

  /** One thing was not taken. */
  skip(kind: string, where: string, message: string): void {
    this.#skipped.push({ kind, where, message });
  }

  /** One of many of the same sort was not taken: they are told together, with the first place. */
  skipOneOf(kind: string, what: string, where: string, count = 1): void {
    add(this.#skippedOften, { kind, what, where }, count);
  }

  skipAll(leftOut: readonly LeftOut[]): void {
    for (const { kind, what, where, count } of leftOut) this.skipOneOf(kind, what, where, count);
  }

  /** One thing was read in a way that is not evident. */
  note(kind: string, where: string, message: string): void {
    this.#notes.push({ kind, where, message });
  }

  /** One of many was read like this. */
  read(what: string, where: string): void {
    add(this.#read, { kind: 'reading', what, where }, 1);
  }

  get skipped(): readonly ImportNote[] {
    const often = [...this.#skippedOften.values()].map(({ kind, where, what, count }) => ({
      kind,
      where,
      message: count === 1 ? `not imported: ${what}` : `not imported, ${count} times: ${what}`,
    }));
    return [...this.#skipped, ...often];
  }

  get notes(): readonly ImportNote[] {
    const read = [...this.#read.values()].map(({ kind, where, what, count }) => ({
      kind,
      where,
      message: count === 1 ? what : `${what} (${count} times)`,
    }));
    return [...read, ...this.#notes];
  }
}

const add = (
  to: Map<string, Counted & { count: number }>,
  counted: Counted,
  count: number,
): void => {
  const name = `${counted.kind}/${counted.what}`;
  const before = to.get(name);
  if (before) before.count += count;
  else to.set(name, { ...counted, count });
};
