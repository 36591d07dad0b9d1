import type { Forest } from '../forest.js';
import type { ModelRelation } from '../model.js';
import { type Edge, type Ends, edgesOf, type Skip, skip } from './edges.js';
import type { Taken } from './elements.js';
import { named } from './kinds.js';
import type { Report } from './report.js';
import { type Reading, readingOf } from './rules.js';
import type { Link, Source } from './source.js';
import { shown } from './xml.js';

const spoken = (reading: Reading, [edge]: readonly Edge[]): string => {
  if (!edge) return 'what something is a part of';
  if (reading.as === 'access') return 'reads or writes';
  const reversed = reading.as === 'relies_on_owner' || 'reversed' in reading;
  return reversed ? `${edge.type}, the other way round` : edge.type;
};

/** What a relationship makes a part of something. */
type Part = { readonly link: Link; readonly target: Taken };

/** Reads the relationships of a model: first what is part of what, then everything else. */
export class Relations {
  readonly #links: readonly Link[];
  readonly #taken: ReadonlyMap<string, Taken>;
  readonly #forest: Forest;
  readonly #report: Report;
  readonly #names: ReadonlyMap<string, string>;
  readonly #linkIds: ReadonlySet<string>;
  /** Relationships that made something a part of something. */
  readonly #parting = new Set<Link>();

  constructor(
    { concepts, links }: Source,
    taken: ReadonlyMap<string, Taken>,
    { forest, report }: { readonly forest: Forest; readonly report: Report },
  ) {
    this.#links = links;
    this.#taken = taken;
    this.#forest = forest;
    this.#report = report;
    this.#names = new Map([...concepts, ...links].map((concept) => [concept.id, named(concept)]));
    this.#linkIds = new Set(links.map(({ id }) => id));
  }

  /** The first in the order of the file that gives something a parent counts. */
  readParts(): void {
    const below = new Map<string, Part[]>();
    for (const link of this.#links) {
      const ends = this.#ends(link);
      if ('skip' in ends) continue;
      const { source, target } = ends;
      const as = this.#reading(link, ends)?.as;
      if (as === 'part_of_part') {
        const known = below.get(source.id);
        if (known) known.push({ link, target });
        else below.set(source.id, [{ link, target }]);
      } else if (as === 'parent' && this.#forest.parentOf(target.id) === undefined)
        if (this.#forest.put(target.id, source.id)) this.#parting.add(link);
    }
    this.#readPartsOfParts(below);
  }

  /** Parts of a service or an interface belong to the application that has it. */
  #readPartsOfParts(below: ReadonlyMap<string, readonly Part[]>): void {
    const owned = [...below.keys()].filter((id) => this.#forest.parentOf(id) !== undefined);
    for (const id of owned)
      for (const { link, target } of below.get(id) ?? []) {
        if (this.#forest.parentOf(target.id) !== undefined) continue;
        this.#forest.put(target.id, this.#forest.parentOf(id)!);
        this.#parting.add(link);
        owned.push(target.id);
      }
  }

  /** Everything else, once it is known what is taken. */
  readOthers(key: (id: string) => string): readonly ModelRelation[] {
    const relations: ModelRelation[] = [];
    for (const link of this.#links) {
      const edges = this.#edges(link);
      if ('skip' in edges) {
        this.#report.skip(edges.skip, link.where, `${this.#arrow(link)}: ${edges.why}`);
        continue;
      }
      this.#tellOfTexts(link);
      for (const edge of edges) relations.push(this.#relation(link, edge, key));
    }
    return relations;
  }

  #edges(link: Link): readonly Edge[] | Skip {
    const ends = this.#ends(link);
    if ('skip' in ends) return ends;
    const reading = this.#reading(link, ends);
    const kinds = `from ${ends.source.kind} to ${ends.target.kind}`;
    if (!reading) return skip('not-in-matrix', `a portfolio has no such relation ${kinds}`);
    const edges = edgesOf(reading, ends, {
      forest: this.#forest,
      access: link.access,
      isParting: this.#parting.has(link),
    });
    if (!('skip' in edges))
      this.#report.read(`${link.type} ${kinds} is read as ${spoken(reading, edges)}`, link.where);
    return edges;
  }

  #reading(link: Link, { source, target }: Ends): Reading | undefined {
    return readingOf(link.type, source.kind, target.kind);
  }

  #ends(link: Link): Ends | Skip {
    const source = this.#end(link.source);
    if ('skip' in source) return source;
    const target = this.#end(link.target);
    if ('skip' in target) return target;
    if (source.id === target.id) return skip('to-itself', 'it leads back to where it begins');
    return { source, target };
  }

  #end(id: string | null): Taken | Skip {
    if (id === null) return skip('end-missing', 'it has one end only');
    const taken = this.#taken.get(id);
    if (taken) return taken;
    if (this.#linkIds.has(id)) return skip('end-relation', 'a relation leads to elements only');
    const name = this.#names.get(id);
    return name === undefined
      ? skip('end-missing', `"${shown(id)}" is not in the model`)
      : skip('end-not-imported', `${name} is not imported`);
  }

  #arrow({ type, source, target }: Link): string {
    const name = (id: string | null): string =>
      id === null ? 'nothing' : (this.#names.get(id) ?? `"${shown(id)}"`);
    return `${shown(type)} from ${name(source)} to ${name(target)}`;
  }

  #relation(link: Link, edge: Edge, key: (id: string) => string): ModelRelation {
    const { name, documentation, where } = link;
    if (edge.assumed)
      this.#report.note('access-assumed', where, `${this.#arrow(link)}: ${edge.assumed}`);
    return {
      key: edge.suffix ? `${key(link.id)}#${edge.suffix}` : key(link.id),
      type: edge.type,
      source_key: key(edge.from),
      target_key: key(edge.to),
      fields: {
        ...(name && { label: name }),
        ...(documentation !== null && { description: documentation }),
      },
      where,
    };
  }

  #tellOfTexts(link: Link): void {
    const { name, documentation, properties, where, type } = link;
    for (const { key } of properties)
      this.#report.skipOneOf('property', `property "${shown(key)}" (relationship)`, where);
    if (this.#parting.has(link) && (name || documentation !== null))
      this.#report.skipOneOf('relation-text', `the text on a ${type} that makes a part`, where);
  }
}
