import type { Forest } from '../forest.js';
import type { ElementKind, ModelElement } from '../model.js';
import { kindOf, named, whyNot } from './kinds.js';
import { fieldsOf } from './properties.js';
import type { Report } from './report.js';
import type { Concept, Source } from './source.js';
import { shown } from './xml.js';

/** An element that has a counterpart in a portfolio. */
export type Taken = { readonly id: string; readonly kind: ElementKind; readonly concept: Concept };

/** Those that are taken, by id, in the order of the file. */
export const takeElements = ({ concepts }: Source, report: Report): Map<string, Taken> => {
  const taken = new Map<string, Taken>();
  for (const concept of concepts) {
    const kind = kindOf(concept);
    if (kind) taken.set(concept.id, { id: concept.id, kind, concept });
    else report.skip('element-type', concept.where, `${named(concept)}: ${whyNot(concept)}`);
  }
  return taken;
};

/** Leave out services and interfaces that no application has: they are parts of one. */
export const dropOrphans = (taken: Map<string, Taken>, forest: Forest, report: Report): void => {
  for (const { id, kind, concept } of [...taken.values()]) {
    if ((kind !== 'service' && kind !== 'interface') || forest.parentOf(id) !== undefined) continue;
    taken.delete(id);
    report.skip(
      'element-without-application',
      concept.where,
      `${named(concept)}: no application is related to it by realization, composition, aggregation or assignment, and a ${kind} is a part of one`,
    );
  }
};

const PREFIX = /^id-/;

/**
 * Ids as they stay the same in all formats: exports to the exchange format put `id-` before them.
 * Where a file holds both spellings, the prefix tells them apart and is kept.
 */
export const stableKeys = (ids: readonly string[]): ((id: string) => string) => {
  const all = new Set(ids);
  return (id) => {
    const bare = id.replace(PREFIX, '');
    return bare === '' || all.has(bare) ? id : bare;
  };
};

/** What a model says of one element. */
export const elementOf = (
  { id, kind, concept }: Taken,
  {
    forest,
    key,
    report,
  }: {
    readonly forest: Forest;
    readonly key: (id: string) => string;
    readonly report: Report;
  },
): ModelElement => {
  const { type, name, documentation, properties, where } = concept;
  report.read(`${type} is read as ${kind}`, where);
  const parent = forest.parentOf(id);
  const { fields, others } = fieldsOf(kind, properties);
  for (const other of others)
    report.skipOneOf('property', `property "${shown(other)}" (${kind})`, where);
  return {
    key: key(id),
    kind,
    name,
    description: documentation,
    parent_key: parent === undefined ? null : key(parent),
    fields,
    where,
  };
};
