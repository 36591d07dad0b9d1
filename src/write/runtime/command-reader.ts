import type { Principal, Roles } from '../../core/access.js';
import { allowed, mayNone, UNAUTHENTICATED } from '../../core/authorize.js';
import { type Command, commandNamedBy, parseCommand } from '../../core/command.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { FoundCommand, Registry } from '../../core/registry.js';
import type { Keyed } from './first-answer.js';
import { addressed, ofAll, ofOne, SOME_AGGREGATE, signed, strange } from './incoming.js';

/** Why several commands cannot be taken, and the first one that is why. */
export type Unread = { readonly refusal: Refusal; readonly input: unknown };

/** Reads what came in, and says whether whoever sent it may. Without roles everybody may. */
export class CommandReader {
  readonly #registry: Registry;
  readonly #roles: Roles | undefined;

  constructor(registry: Registry, roles: Roles | undefined) {
    this.#registry = registry;
    this.#roles = roles;
  }

  /** Why somebody may send none of these commands, whatever they say. */
  mayNone(
    by: Principal | undefined,
    commands: readonly Pick<FoundCommand, 'type' | 'spec'>[],
  ): Refusal | undefined {
    if (!this.#roles) return undefined;
    return by ? mayNone(this.#roles, by, commands) : UNAUTHENTICATED;
  }

  /** Who may not is told so before what is wrong with the command. */
  read(input: unknown, by: Principal | undefined): Command | Refusal {
    const roles = this.#roles;
    if (!roles) return parseCommand(this.#registry, signed(input, by));
    if (!by) return UNAUTHENTICATED;
    const named = commandNamedBy(this.#registry, input);
    const denied = named && this.mayNone(by, [named]);
    if (denied) return denied;
    return parseCommand(this.#registry, signed(input, by), (asked) => allowed(roles, by, asked));
  }

  /** Several for one aggregate, or all that is wrong with them. */
  readTogether(
    inputs: readonly unknown[],
    by: Principal | undefined,
    keyed: Keyed | undefined,
  ): readonly Command[] | Unread {
    const commands: Command[] = [];
    const wrong: Refusal[] = [];
    for (const [index, input] of inputs.entries()) {
      // Whatever is wrong with the first one, the others are for the same aggregate.
      const first = commands[0] ?? (index > 0 ? SOME_AGGREGATE : undefined);
      const one = this.read(addressed(input, first), by);
      const refusal = isRefusal(one) ? one : strange(one, commands);
      if (refusal) wrong.push(ofOne(refusal, index, input));
      else {
        const command = one as Command;
        commands.push(keyed ? { ...command, hash: keyed.hash } : command);
      }
    }
    if (wrong.length === 0) return commands;
    const refusal = ofAll(wrong);
    const { index } = refusal.details!.command as { readonly index: number };
    return { refusal, input: addressed(inputs[index], commands[0]) };
  }
}
