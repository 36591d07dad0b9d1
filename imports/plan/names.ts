import type { ImportNote } from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import { cut } from '../cut.js';
import type { ModelElement } from '../model.js';
import { LABEL_MAX, NAME_MAX } from './numbered.js';
import { NumberedNames } from './numbered-names.js';
import { placeOf } from './place-of.js';

const DESCRIPTION_MAX = 2000;
const HOSTNAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** `Mainframe (z/OS)` → `mainframe-z-os`. */
const hostname = (name: string): string =>
  HOSTNAME.test(name)
    ? name
    : name
        .normalize('NFKD')
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .slice(0, LABEL_MAX)
        .replaceAll(/^-+|-+$/g, '');

/** Within what a name may stand once; null = everywhere as often as one likes. */
export const scopeOf = ({ kind, parent_key, fields }: ModelElement): string | null => {
  if (kind === 'data_entity' || kind === 'integration') return null;
  const version = kind === 'interface' ? `@${String(fields.version ?? '')}` : '';
  return `${kind}${version}/${parent_key ?? ''}`;
};

const fitting = (element: ModelElement): { readonly name: string; readonly why?: string } => {
  const { kind, key } = element;
  const name = element.name.trim().replaceAll(/\s+/g, ' ');
  if (name === '')
    return {
      name: kind === 'server' ? hostname(`unnamed-${key}`) : cut(`(unnamed ${key})`, NAME_MAX),
      why: 'it has no name',
    };
  if (kind === 'server') {
    const host = hostname(name) || hostname(`server-${key}`);
    return host === name ? { name } : { name: host, why: 'a server is known by a host name' };
  }
  if (name.length > NAME_MAX)
    return { name: cut(name, NAME_MAX), why: `longer than ${NAME_MAX} characters` };
  return { name };
};

/**
 * The elements with names that can stand beside one another: two of the same name get a number, by
 * their keys, so that the same model always gets the same names. Each change is noted.
 */
export const withFittingNames = async (
  elements: readonly ModelElement[],
): Promise<{
  readonly elements: readonly ModelElement[];
  readonly notes: readonly ImportNote[];
}> => {
  const turn = turns();
  const notes: ImportNote[] = [];
  const taken = new Set<string>();
  const numbers = new NumberedNames();
  const names = new Map<ModelElement, string>();
  const fits = new Map(elements.map((element) => [element, fitting(element)]));
  const byKey = [...elements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const settle = (element: ModelElement): void => {
    const { name, why } = fits.get(element)!;
    const scope = scopeOf(element);
    let free = name;
    if (scope !== null) {
      const others = numbers.of({ kind: element.kind, name }, scope);
      while (taken.has(placeOf(scope, free))) free = others.next().value!.name;
      taken.add(placeOf(scope, free));
    }
    names.set(element, free);
    const message = `${element.kind} "${element.name}" is imported as "${free}"`;
    if (free !== name)
      notes.push({
        where: element.where,
        kind: 'duplicate-name',
        message: `${message}: another one has that name`,
      });
    else if (why)
      notes.push({ where: element.where, kind: 'renamed', message: `${message}: ${why}` });
  };
  // Names that are right as they stand keep them; those that had to be changed come after.
  for (const changed of [false, true])
    for (const element of byKey) {
      await turn();
      if ((fits.get(element)!.why !== undefined) === changed) settle(element);
    }
  const renamed = elements.map((element) => {
    const { description } = element;
    const short = description !== null && description.length > DESCRIPTION_MAX;
    if (short)
      notes.push({
        where: element.where,
        kind: 'shortened',
        message: `the description of ${element.kind} "${element.name}" has ${description.length} characters; the first ${DESCRIPTION_MAX} are imported`,
      });
    return {
      ...element,
      name: names.get(element)!,
      description: short ? cut(description, DESCRIPTION_MAX) : description,
    };
  });
  return { elements: renamed, notes };
};
