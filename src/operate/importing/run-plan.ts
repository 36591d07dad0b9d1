import { canonical } from '../../core/canonical.js';
import { stableCommandId } from '../../core/ids.js';
import type { Registry } from '../../core/registry.js';
import type { Chain, ImportCommand, ImportNote, Plan, PlannedCommand } from './importer.js';
import { type Patience, type Send, type Sent, sendSurely } from './send.js';

/** A line of the report of an import: everything but what simply went in. */
export type ReportLine =
  | ({ readonly about: 'note' } & ImportNote)
  | ({ readonly about: 'planned' } & Shown)
  | ({
      readonly about: 'refused' | 'left_out';
      readonly code: string;
      readonly message: string;
    } & Shown);
type Shown = Omit<PlannedCommand, 'about' | 'key' | 'needs' | 'makes'> & { readonly what: string };

export type Tally = {
  accepted: number;
  replayed: number;
  refused: number;
  /** Not sent, because what it needs was refused. */
  left_out: number;
};

/** The import cannot go on now; run again, it goes on where it stopped. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whose commands these are and why they are sent. */
export type Papers = {
  readonly correlation_id: string;
  readonly actor: string;
  readonly actor_type: ImportCommand['actor_type'];
  readonly because: string;
  readonly approval_id?: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
};

export type Running = Patience & {
  readonly send: Send;
  readonly registry: Registry;
  readonly papers: Papers;
  readonly onSent: (tally: Tally) => void;
  readonly onLine: (line: ReportLine) => void;
};

export const shownOf = ({
  command_type,
  aggregate_type,
  aggregate_id,
  data,
  about,
}: PlannedCommand): Shown => ({
  what: about,
  command_type,
  aggregate_type,
  aggregate_id,
  data,
});

/** How many commands a plan has. */
export const sizeOf = ({ phases }: Plan): number =>
  phases.reduce((sum, { chains }) => sum + chains.reduce((n, { length }) => n + length, 0), 0);

/** All commands of a plan, in the order in which they may begin. */
export function* commandsOf({ phases }: Plan): Generator<PlannedCommand> {
  for (const { chains } of phases) for (const chain of chains) yield* chain;
}

/** Types of commands of a plan that need an approval, and how many there are of each. */
export const approvalsOf = (
  plan: Plan,
  registry: Registry,
): readonly {
  readonly command_type: string;
  readonly aggregate_type: string;
  readonly commands: number;
}[] => {
  const found = new Map<
    string,
    { command_type: string; aggregate_type: string; commands: number }
  >();
  for (const { command_type, aggregate_type } of commandsOf(plan)) {
    if (!specOf(registry, { command_type, aggregate_type })?.approval) continue;
    const key = `${aggregate_type}/${command_type}`;
    const one = found.get(key) ?? { command_type, aggregate_type, commands: 0 };
    one.commands += 1;
    found.set(key, one);
  }
  return [...found.values()];
};

const specOf = (
  registry: Registry,
  { command_type, aggregate_type }: Pick<PlannedCommand, 'command_type' | 'aggregate_type'>,
) => {
  const definition = registry.aggregate(aggregate_type);
  return definition && registry.command(definition, command_type)?.spec;
};

const envelopeOf = (planned: PlannedCommand, { papers, registry }: Running): ImportCommand => {
  const { command_type, aggregate_type, aggregate_id, data, key = '' } = planned;
  const { correlation_id, actor, actor_type, because, approval_id, clock } = papers;
  const needsApproval = specOf(registry, planned)?.approval && approval_id !== undefined;
  return {
    command_id: stableCommandId(
      'import',
      correlation_id,
      aggregate_type,
      aggregate_id,
      command_type,
      canonical(data),
      key,
    ),
    command_type,
    aggregate_type,
    aggregate_id,
    correlation_id,
    actor,
    actor_type,
    source: 'import',
    command_timestamp: new Date(clock()).toISOString(),
    data,
    metadata: { business_justification: because, ...(needsApproval && { approval_id }) },
  };
};

/** Send one command. What cannot be one, such as half a character, never stops the rest. */
const sendPlanned = async (planned: PlannedCommand, running: Running): Promise<Sent> => {
  let envelope: ImportCommand;
  try {
    envelope = envelopeOf(planned, running);
  } catch (error) {
    return { kind: 'refused', code: 'VALIDATION_ERROR', message: (error as Error).message };
  }
  return sendSurely(envelope, running.send, running);
};

/**
 * Send a plan: phases one after the other, chains of a phase side by side, each chain in order.
 * What needs something that was refused is not sent.
 *
 * @throws Interrupted when a command got neither a yes nor a no for too long, or on the signal.
 */
export const runPlan = async (plan: Plan, running: Running): Promise<Tally> => {
  const { onLine, onSent, signal } = running;
  const tally: Tally = { accepted: 0, replayed: 0, refused: 0, left_out: 0 };
  const missing = new Set<string>();
  const no = (
    planned: PlannedCommand,
    about: 'refused' | 'left_out',
    code: string,
    message: string,
  ): void => {
    tally[about] += 1;
    if (planned.makes !== undefined) missing.add(planned.makes);
    onLine({ about, code, message, ...shownOf(planned) });
  };
  const one = async (planned: PlannedCommand): Promise<void> => {
    if (signal?.aborted)
      throw new Interrupted(
        'STOPPED',
        `stopped before ${planned.command_type} of ${planned.about}`,
      );
    const lacking = planned.needs?.find((id) => missing.has(id));
    if (lacking !== undefined)
      no(planned, 'left_out', 'NEEDS_MISSING', `${lacking}, which it needs, is not there`);
    else {
      const sent = await sendPlanned(planned, running);
      if (sent.kind === 'unavailable')
        throw new Interrupted(
          sent.code,
          `stopped at ${planned.command_type} of ${planned.about}: ${sent.message}`,
        );
      if (sent.kind === 'accepted') tally[sent.replayed ? 'replayed' : 'accepted'] += 1;
      else no(planned, 'refused', sent.code, sent.message);
    }
    onSent(tally);
  };
  const inOrder = async (chain: Chain): Promise<void> => {
    for (const planned of chain) await one(planned);
  };
  for (const { chains, atOnce } of plan.phases) {
    const waiting = chains[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const chain of waiting) await inOrder(chain);
    };
    // All are waited for, so that nothing is under way when a failure is told.
    const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }
  return tally;
};
