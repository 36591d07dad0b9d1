import type { Aggregate } from '../../core/aggregate.js';
import { kebab, pluralOf } from '../../core/ids.js';
import type { Projection } from '../../core/projection.js';
import { auditLog } from './audit-log.js';
import { commands } from './commands.js';
import { lifecycles } from './lifecycles.js';
import { resourceOf } from './resource.js';

/** Throws a TypeError when a second one says the same of itself. */
const once = () => {
  const said = new Map<string, string>();
  return (what: string, value: string, who: string): void => {
    const other = said.get(value);
    if (other !== undefined)
      throw new TypeError(`${other} and ${who} ${what} "${value}": one of them has to change`);
    said.set(value, who);
  };
};

const checkTrees = (all: readonly Projection[]): void => {
  for (const { name, within } of all)
    for (const [column, { projection, parent }] of Object.entries(within)) {
      const tree = all.find((one) => one.name === projection);
      if (!tree)
        throw new TypeError(
          `${name}: "${column}" is a place in the tree of ${projection}, but there is no such projection`,
        );
      if (!tree.columns.some((one) => one.name === parent && one.type === 'text'))
        throw new TypeError(
          `${name}: "${column}" is a place in the tree of ${projection}, but "${parent}" is no text column there`,
        );
    }
};

const check = (definitions: readonly Aggregate[], all: readonly Projection[]): void => {
  const named = once();
  const resource = once();
  const path = once();
  for (const { name, plural, aliases } of definitions)
    for (const one of new Set([plural, ...aliases.map((alias) => pluralOf(kebab(alias)))]))
      path('are both reached at', one, `the resource of ${name}`);
  for (const one of all) {
    named('are both called', one.name, `a projection of ${sourcesOf(one)}`);
    path('are both reached at', one.path, one.name);
    if (one.resource === null) continue;
    resource('are both the resource of', one.resource, one.name);
    if (!definitions.some(({ name }) => name === one.resource))
      throw new TypeError(
        `${one.name} is the resource of ${one.resource}, but there is no such definition`,
      );
  }
  checkTrees(all);
};

const sourcesOf = ({ sources }: Projection): string => sources.map(({ slug }) => slug).join(', ');

/**
 * All projections of a program: those that were listed, the automatic resource of every definition
 * for which none was, the audit log, the lifecycles and the commands.
 *
 * @throws TypeError when two share a name, a path or a resource, or one names what is not there.
 */
export const completeProjections = (
  definitions: readonly Aggregate[],
  listed: readonly Projection[],
): readonly Projection[] => {
  const shown = new Set(listed.map(({ resource }) => resource));
  const all = [
    ...listed,
    ...definitions.filter(({ name }) => !shown.has(name)).map(resourceOf),
    auditLog(definitions),
    lifecycles(definitions),
    commands,
  ];
  check(definitions, all);
  return all;
};
