import type { Aggregate } from './aggregate.js';

/** What the commands of a definition say of one of its events. */
export type Origin = {
  /** The only command that can have been it; null where several can. */
  readonly command_type: string | null;
  readonly command_types: readonly string[];
  readonly sensitive: boolean;
  readonly critical: boolean;
};

/** Which commands an event can have come from, as strict as any of them. */
export const originOf = ({ commands }: Aggregate, event: string): Origin => {
  const all = Object.entries(commands).filter(([, { emits }]) => emits.includes(event));
  const command_types = all.map(([type]) => type);
  return {
    command_type: command_types.length === 1 ? command_types[0]! : null,
    command_types,
    sensitive: all.some(([, { sensitive }]) => sensitive === true),
    critical: all.some(([, { critical }]) => critical === true),
  };
};
