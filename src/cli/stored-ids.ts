import { eventId } from '../core/ids.js';
import type { ImportCommand } from '../operate/importing/importer.js';

const swapped = (value: unknown, ids: ReadonlyMap<string, string>): unknown => {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => swapped(one, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, swapped(one, ids)]));
};

/**
 * An importer works out the ids of the events that its commands become, to name them in others. A
 * log that an earlier version began has other ids for what went in then: the answers tell them.
 */
export class StoredIds {
  readonly #byWorkedOut = new Map<string, string>();

  /** Take what an answer says of the events of a command. */
  learn(command: ImportCommand, stored: readonly string[]): void {
    for (const [index, id] of stored.entries()) {
      const workedOut = eventId(command.command_id, index, command);
      if (workedOut !== id) this.#byWorkedOut.set(workedOut, id);
    }
  }

  /** A command that names events as the log has them. */
  in(command: ImportCommand): ImportCommand {
    if (this.#byWorkedOut.size === 0) return command;
    return { ...command, data: swapped(command.data, this.#byWorkedOut) as ImportCommand['data'] };
  }
}
