import type { StoredEvent } from '../../api/types.js';

/** One command and the events that it wrote, in their order. */
export type Cause = {
  readonly command_id: string;
  readonly command_type: string | null;
  readonly actor: string;
  readonly at: string;
  readonly approval_id: string | null;
  readonly events: readonly StoredEvent[];
};
export type Trace = {
  readonly here: StoredEvent;
  /** Everything that belongs to the same chain, in the order of time. */
  readonly causes: readonly Cause[];
  /** What allowed the command of this event, step by step. */
  readonly approval: readonly StoredEvent[];
  /** The event that this one puts right. */
  readonly original: StoredEvent | undefined;
  /** What put this one right, later. */
  readonly corrections: readonly StoredEvent[];
  /** What this one made possible: where it is a step of an approval. */
  readonly allowed: readonly StoredEvent[];
};

const inOrder = (a: StoredEvent, b: StoredEvent): number =>
  a.recorded_at.localeCompare(b.recorded_at) ||
  a.aggregate_id.localeCompare(b.aggregate_id) ||
  a.aggregate_version - b.aggregate_version;

/** Events as the commands that caused them; each event once, however often it was found. */
export const causesOf = (events: readonly StoredEvent[]): readonly Cause[] => {
  const all = [...new Map(events.map((one) => [one.event_id, one])).values()].sort(inOrder);
  const groups = new Map<string, StoredEvent[]>();
  for (const one of all) {
    const own = groups.get(one.command_id);
    if (own) own.push(one);
    else groups.set(one.command_id, [one]);
  }
  return [...groups].flatMap(([command_id, own]) => {
    const [first] = own;
    if (!first) return [];
    const types = new Set(own.map(({ command_type }) => command_type));
    return [
      {
        command_id,
        actor: first.actor,
        at: first.recorded_at,
        // Several kinds of events of one command: each alone may not tell which it was.
        command_type: [...types].find((one) => one !== null) ?? null,
        approval_id: first.approval_id,
        events: own,
      },
    ];
  });
};

type Known = { readonly command_id: string | null; readonly command_type: string | null };

/** With the names that the journal knows, where the events alone do not tell. */
export const named = (causes: readonly Cause[], journal: readonly Known[]): readonly Cause[] => {
  const names = new Map(journal.map(({ command_id, command_type }) => [command_id, command_type]));
  return causes.map((one) => ({
    ...one,
    command_type: one.command_type ?? names.get(one.command_id) ?? null,
  }));
};

/** Those around the one that matters, as many as can be drawn. */
export const around = <T>(all: readonly T[], at: number, max: number): readonly T[] => {
  const first = Math.max(0, Math.min(at - Math.floor(max / 2), all.length - max));
  return all.slice(first, first + max);
};
