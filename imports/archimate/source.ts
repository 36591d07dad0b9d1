import { ImportError } from '../../src/operate/importing/importer.js';
import { shown } from './xml.js';

/** A property that the modeller gave to something. */
export type Property = { readonly key: string; readonly value: string };

/** An element of an ArchiMate model, as its file says it. */
export type Concept = {
  readonly id: string;
  /** `ApplicationComponent`, the same in all formats. */
  readonly type: string;
  readonly name: string;
  readonly documentation: string | null;
  readonly properties: readonly Property[];
  readonly where: string;
};

/** What an access relationship does; `not_said` = the file leaves it open. */
export type Access = 'read' | 'write' | 'read_write' | 'unspecified' | 'not_said';

/** A relationship. Its type is that of ArchiMate 3 without "Relationship": `Serving`. */
export type Link = Concept & {
  readonly source: string | null;
  readonly target: string | null;
  readonly access: Access;
};

/** Something of a file that is not imported, and how often it is there. */
export type LeftOut = {
  readonly kind: string;
  readonly what: string;
  readonly where: string;
  readonly count: number;
};

/** What one of the three encodings holds. */
export type Source = {
  readonly id: string | null;
  readonly name: string;
  readonly format: string;
  readonly file: string;
  readonly concepts: readonly Concept[];
  readonly links: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** By the file's own words. */
  readonly counts: Readonly<Record<string, number>>;
};

/** What is drawn: the content of diagrams, in all formats. None of it is needed. */
export const DRAWN: ReadonlySet<string> = new Set([
  'child',
  'children',
  'bendpoint',
  'bounds',
  'node',
  'connection',
  'viewpoints',
]);

/** How ArchiMate 2 spells what version 3 calls otherwise. */
const SINCE_3: Readonly<Record<string, string>> = {
  Realisation: 'Realization',
  Specialisation: 'Specialization',
  UsedBy: 'Serving',
};
const SUFFIX = 'Relationship';

/** Whether a type of the native formats is a relationship's. */
export const isLinkType = (type: string): boolean => type.endsWith(SUFFIX);

/** `RealisationRelationship` → `Realization`. */
export const linkType = (type: string): string => {
  const bare = isLinkType(type) ? type.slice(0, -SUFFIX.length) : type;
  return SINCE_3[bare] ?? bare;
};

/** `archimate:Node` → `Node`. */
export const withoutPrefix = (type: string): string => type.slice(type.indexOf(':') + 1);

type Item = Omit<Concept, 'id' | 'where'> & {
  readonly id: string | null;
  readonly file: string;
  readonly line: number;
};
type LinkItem = Item & Pick<Link, 'source' | 'target' | 'access'>;

const conceptOf = ({ file, line, id, ...item }: Item & { readonly id: string }): Concept => ({
  ...item,
  id,
  where: `${file}:${line}`,
});

/** What a file holds, put together tag by tag. */
export class Collected {
  readonly #concepts: Concept[] = [];
  readonly #links: Link[] = [];
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #counts = new Map<string, number>();
  readonly #places = new Map<string, string>();
  readonly #idMax: number;

  constructor(idMax: number) {
    this.#idMax = idMax;
  }

  concept(item: Item): void {
    if (this.#isNew(item, 'element')) this.#concepts.push(conceptOf(item));
  }

  link(item: LinkItem): void {
    if (!this.#isNew(item, 'relation')) return;
    const { source, target, access, ...rest } = item;
    const type = linkType(item.type);
    this.#links.push({ ...conceptOf(rest), type, source, target, access });
  }

  /** Something of which only the number is told. */
  leaveOut(kind: string, what: string, where: string, counted?: string): void {
    if (counted !== undefined) this.#count(counted);
    const name = `${kind}/${what}`;
    const before = this.#leftOut.get(name);
    this.#leftOut.set(name, { kind, what, where, ...before, count: (before?.count ?? 0) + 1 });
  }

  done(head: Pick<Source, 'id' | 'name' | 'format' | 'file'>): Source {
    return {
      ...head,
      concepts: this.#concepts,
      links: this.#links,
      leftOut: [...this.#leftOut.values()],
      counts: Object.fromEntries(this.#counts),
    };
  }

  #count(type: string): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
  }

  /** Counts it, and notes it when it has no id: each by itself, as nothing else tells them apart. */
  #isNew(item: Item, kind: string): item is Item & { readonly id: string } {
    const { type, name, id, file, line } = item;
    const where = `${file}:${line}`;
    this.#count(type);
    if (id === null) {
      this.leaveOut(`${kind}-without-id`, `${shown(type)} "${shown(name)}" at ${where}`, where);
      return false;
    }
    const refuse = (code: string, wrong: string, expected: string): never => {
      throw new ImportError({ code, file, line, wrong, expected });
    };
    const before = this.#places.get(id);
    if (before !== undefined)
      refuse('DUPLICATE_ID', `uses the id "${shown(id)}" of ${before} again`, 'every id once');
    if (id.length > this.#idMax)
      refuse('ID_TOO_LONG', `has an id of ${id.length} characters`, `at most ${this.#idMax}`);
    this.#places.set(id, where);
    return true;
  }
}
