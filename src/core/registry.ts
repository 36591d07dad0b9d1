import type { Aggregate } from './aggregate.js';
import { kebab, pluralOf } from './ids.js';
import type { CommandSpec } from './message.js';
import { typesOf } from './reference.js';

/** A command as it was found: its definition, its own name (not the alias it was called by). */
export type FoundCommand = {
  readonly definition: Aggregate;
  readonly type: string;
  readonly spec: CommandSpec;
};

/** All definitions of an application, found by any name they have. */
export type Registry = {
  readonly definitions: readonly Aggregate[];
  /** By name, slug, alias or the plural of either, in any spelling. */
  aggregate(name: string): Aggregate | undefined;
  /** By its name or an alias: `SetOwner`, `set-owner`, `setOwner`. */
  command(definition: Aggregate, name: string): FoundCommand | undefined;
  /** `UpdateApplication`, `EditServer`, `PatchFields`: names that say no business operation. */
  isGeneric(commandType: string): boolean;
};

const GENERIC_VERB = /^(Update|Edit|Patch|Modify|Save|Upsert|Replace|Put|Set|Change|Mutate)/;
const fold = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase();

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** @throws TypeError when two definitions share a name, an alias or a path. */
export const registry = (definitions: readonly Aggregate[]): Registry => {
  const byName = new Map<string, Aggregate>();
  const commands = new Map<Aggregate, Map<string, FoundCommand>>();
  for (const definition of definitions) {
    const nouns = [definition.name, ...definition.aliases];
    const names = [...nouns, definition.plural, ...nouns.map((noun) => pluralOf(kebab(noun)))];
    for (const name of new Set(names.map(fold))) {
      const other = byName.get(name);
      if (other)
        throw new TypeError(`${definition.name} and ${other.name} are both called "${name}"`);
      byName.set(name, definition);
    }
    const known = new Map<string, FoundCommand>();
    for (const [type, spec] of Object.entries(definition.commands))
      for (const name of [type, ...(spec.aliases ?? [])])
        for (const spelling of [name, kebab(name), camel(name)])
          known.set(spelling, { definition, type, spec });
    commands.set(definition, known);
  }
  for (const { name, commands: own, boundaries } of definitions) {
    for (const [type, { references = {} }] of Object.entries(own))
      for (const reference of Object.values(references))
        for (const of of typesOf(reference))
          if (!byName.has(fold(of)))
            throw new TypeError(
              `${name}: command ${type} refers to ${of}, but there is no such definition`,
            );
    for (const [boundary, { of, events }] of Object.entries(boundaries)) {
      const folded = byName.get(fold(of));
      const strange = Object.keys(events).find((type) => !folded?.events[type]);
      if (strange)
        throw new TypeError(
          `${name}: the boundary "${boundary}" folds ${strange}, which ${of} does not have`,
        );
    }
  }
  return {
    definitions,
    aggregate: (name) => byName.get(fold(name)),
    command: (definition, name) => commands.get(definition)?.get(name),
    isGeneric: (commandType) => {
      const verb = GENERIC_VERB.exec(commandType)?.[0];
      if (!verb) return false;
      const rest = fold(commandType.slice(verb.length));
      return (
        verb === 'Update' ||
        rest === '' ||
        byName.has(rest) ||
        /^(entity|aggregate|fields|all)$/.test(rest)
      );
    },
  };
};
