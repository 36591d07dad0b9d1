import type { Aggregate } from './aggregate.js';
import type { Allowance, Asked } from './authorize.js';
import { canonical, sha256 } from './canonical.js';
import { arrowsFrom } from './chart.js';
import { CommandEnvelope, illFormedText, lostName, mistakesOf, WELL_FORMED } from './envelope.js';
import { aggregateIdFrom } from './ids.js';
import { redactor } from './marks.js';
import type { CommandSpec } from './message.js';
import { NAME_SHOWN_MAX } from './mistakes.js';
import { choices } from './nearest.js';
import { allOf, isRefusal, type Refusal, refuse } from './refusal.js';
import type { FoundCommand, Registry } from './registry.js';
import { isBlank } from './unseen.js';
import { understandWhy, whyOf } from './why.js';

/** A command that passed every check that needs no state. */
export type Command = {
  readonly definition: Aggregate;
  readonly spec: CommandSpec;
  readonly command_id: string;
  readonly command_type: string;
  readonly aggregate_id: string;
  readonly actor: string;
  readonly actor_type: string;
  /** The person who sends it: approvals are between people, whatever names they use. */
  readonly subject: string;
  readonly source: string;
  readonly command_timestamp: string;
  readonly correlation_id: string | null;
  readonly business_justification: string | null;
  readonly approval_id: string | null;
  readonly effective_at: string | null;
  readonly traceparent: string | null;
  readonly ip_address: string | null;
  readonly expected_version: number | null;
  readonly dry_run: boolean;
  /** What was sent as data, and what the schema makes of it. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  /** One of these teams must own the aggregate; null = whoever owns it. */
  readonly teams: readonly string[] | null;
  /**
   * SHA-256 of what was asked, as it was sent: the same command id may only come again with the
   * same. What a schema adds to it is no part of it, so a default may be added later.
   */
  readonly hash: string;
};

/** Whether a command can be the first of an aggregate's life. */
export const creates = ({ chart }: Aggregate, { emits }: CommandSpec): boolean =>
  arrowsFrom(chart, chart.initial).some(({ event }) => emits.includes(event));

const ANYBODY: Allowance = { teams: null };
const ENVELOPE_FIELDS = Object.keys(CommandEnvelope.shape);

/** What a command's schema is worth preparing once. */
type Prepared = {
  readonly strict: CommandSpec['data'];
  readonly fields: readonly string[];
  readonly withoutSecrets: (value: unknown) => unknown;
  readonly withoutMarked: (value: unknown) => unknown;
};
const preparations = new WeakMap<CommandSpec, Prepared>();

const prepared = (spec: CommandSpec): Prepared => {
  const known = preparations.get(spec);
  if (known) return known;
  const made: Prepared = {
    strict: spec.data.strict(),
    fields: Object.keys(spec.data.shape),
    withoutSecrets: redactor(spec.data, ['secret']),
    withoutMarked: redactor(spec.data, ['secret', 'personal']),
  };
  preparations.set(spec, made);
  return made;
};

/** The data of a command as a journal may keep it: secret and personal fields read `[redacted]`. */
export const withoutMarked = (spec: CommandSpec, data: unknown): unknown =>
  prepared(spec).withoutMarked(data);

/** SHA-256 of a command and its data, without secrets. */
export const commandHash = (type: string, spec: CommandSpec, data: unknown): string =>
  sha256(canonical([type, prepared(spec).withoutSecrets(data)]));

/** The refusal of a command that a definition does not have. */
export const unknownCommand = (
  registry: Registry,
  definition: Aggregate,
  name: string,
): Refusal => {
  const type = name.slice(0, NAME_SHOWN_MAX);
  const known = Object.keys(definition.commands);
  if (registry.isGeneric(type))
    return refuse(
      'FORBIDDEN_GENERIC_COMMAND',
      `${type} is a generic update, and those do not exist (REQ-003): send the command that says what happens, such as ${known.slice(0, 4).join(', ')}`,
      { details: { commands: known } },
    );
  return refuse(
    'UNKNOWN_COMMAND',
    `${definition.name} has no command ${type}${choices(type, known, 'it has')}`,
    {
      details: { commands: known },
    },
  );
};

/** What the runtime needs besides the data, by the flags of the command. */
function* missingPapers(
  { type, spec }: FoundCommand,
  { source, metadata = {} }: CommandEnvelope,
  justification: string | undefined,
): Generator<Refusal> {
  const required = (field: string) => [
    { field: `metadata.${field}`, message: 'this field is required', rule: 'REQUIRED' },
  ];
  if (spec.sensitive && !justification)
    yield refuse(
      'JUSTIFICATION_REQUIRED',
      `${type} is a sensitive operation: say why in metadata.business_justification`,
      { errors: required('business_justification') },
    );
  if (spec.approval && !metadata.approval_id)
    yield refuse(
      'APPROVAL_REQUIRED',
      `${type} needs an approval: name it in metadata.approval_id`,
      {
        errors: required('approval_id'),
      },
    );
  if (metadata.effective_at && source !== 'import')
    yield refuse(
      'VALIDATION_ERROR',
      'metadata.effective_at is accepted from source "import" only',
      {
        errors: [
          { field: 'metadata.effective_at', message: 'only with source "import"', rule: 'UNKNOWN' },
        ],
      },
    );
}

/** Why is said by what can be read; what is empty, the definition judges. */
const refusedAsSilent = (
  { type, spec }: FoundCommand,
  data: Readonly<Record<string, unknown>>,
): Refusal | undefined => {
  const field = whyOf(spec);
  const why = field === undefined ? undefined : data[field];
  if (typeof why !== 'string' || why === '' || !isBlank(why)) return undefined;
  const message = 'expected a text that can be seen';
  return refuse('VALIDATION_ERROR', `${type} is not right: data.${field}: ${message}`, {
    errors: [{ field: `data.${field}`, message, rule: 'FORMAT' }],
  });
};

/**
 * From whatever came in to a command, or to the refusal that says what was wrong with it:
 * MALFORMED_COMMAND, UNKNOWN_AGGREGATE_TYPE, UNKNOWN_COMMAND, FORBIDDEN_GENERIC_COMMAND,
 * VALIDATION_ERROR, JUSTIFICATION_REQUIRED or APPROVAL_REQUIRED. Values are never echoed. `allow`
 * is asked before the data is looked at.
 */
export const parseCommand = (
  registry: Registry,
  input: unknown,
  allow: (asked: Asked) => Allowance | Refusal = () => ANYBODY,
): Command | Refusal => {
  const lost = lostName(input);
  if (lost !== undefined) {
    const message = 'no field can be called __proto__';
    return refuse('MALFORMED_COMMAND', `${lost}: ${message}`, {
      errors: [{ field: lost, message, rule: 'UNKNOWN' }],
    });
  }
  const parsed = CommandEnvelope.safeParse(input, { reportInput: true });
  if (!parsed.success) {
    const lead = 'the command envelope is not right: ';
    return mistakesOf(parsed.error, '', ENVELOPE_FIELDS).refusal({
      code: 'MALFORMED_COMMAND',
      lead,
    })!;
  }
  const envelope = parsed.data;
  const bad = illFormedText(envelope);
  if (bad !== undefined)
    return refuse('MALFORMED_COMMAND', `${bad} holds a NUL character or half of a surrogate pair`, {
      errors: [{ field: bad, message: WELL_FORMED, rule: 'FORMAT' }],
    });
  const definition = registry.aggregate(envelope.aggregate_type);
  if (!definition) {
    const names = registry.definitions.map(({ name }) => name);
    return refuse(
      'UNKNOWN_AGGREGATE_TYPE',
      `there is no aggregate type ${envelope.aggregate_type}${choices(envelope.aggregate_type, names, 'there are')}`,
      { details: { aggregate_types: names } },
    );
  }
  const found = registry.command(definition, envelope.command_type);
  if (!found) return unknownCommand(registry, definition, envelope.command_type);
  const { type, spec } = found;
  const allowance = allow({ type, spec, envelope });
  if (isRefusal(allowance)) return allowance;
  return parseData(found, envelope, allowance);
};

/** The id of what a command is for: as it says, as it follows from what it says, or a new one. */
const idOf = (
  { definition, type, spec }: FoundCommand,
  { aggregate_id: said, command_id }: CommandEnvelope,
  data: Readonly<Record<string, unknown>>,
): string | Refusal => {
  if (spec.identity) {
    const id = spec.identity(data);
    if (said === undefined || said === id) return id;
    return refuse(
      'VALIDATION_ERROR',
      `aggregate_id: what ${type} says makes this ${definition.name} ${id}: leave the id out, or give that one`,
      { errors: [{ field: 'aggregate_id', message: `expected ${id}`, rule: 'FORMAT' }] },
    );
  }
  return said ?? aggregateIdFrom(command_id, definition.slug);
};

/** The command that a raw envelope names, as far as it names one. */
export const commandNamedBy = (registry: Registry, input: unknown): FoundCommand | undefined => {
  if (typeof input !== 'object' || input === null) return undefined;
  const { aggregate_type: kind, command_type: type } = input as Readonly<Record<string, unknown>>;
  const definition = typeof kind === 'string' ? registry.aggregate(kind) : undefined;
  return definition && typeof type === 'string' ? registry.command(definition, type) : undefined;
};

const parseData = (
  found: FoundCommand,
  envelope: CommandEnvelope,
  { teams, signed }: Allowance,
): Command | Refusal => {
  const { definition, type, spec } = found;
  const { strict, fields } = prepared(spec);
  const { metadata = {} } = envelope;
  const { business_justification: why = '' } = metadata;
  const said = understandWhy(spec, {
    data: envelope.data,
    justification: isBlank(why) ? undefined : why,
  });
  const data = strict.safeParse(said.data, { reportInput: true });
  const wrong: Refusal[] = [];
  if (!data.success)
    wrong.push(mistakesOf(data.error, 'data', fields).refusal({ lead: `${type} is not right: ` })!);
  const silent = data.success ? refusedAsSilent(found, data.data) : undefined;
  if (silent) wrong.push(silent);
  if (envelope.aggregate_id === undefined && !creates(definition, spec))
    wrong.push(
      refuse(
        'MALFORMED_COMMAND',
        `aggregate_id: ${type} must say which ${definition.name} it is for`,
        {
          errors: [{ field: 'aggregate_id', message: 'this field is required', rule: 'REQUIRED' }],
        },
      ),
    );
  wrong.push(...missingPapers(found, envelope, said.justification));
  const [first, ...others] = wrong;
  if (first) return allOf([first, ...others]);
  const aggregate_id = idOf(found, envelope, data.data!);
  if (typeof aggregate_id !== 'string') return aggregate_id;
  return {
    definition,
    spec,
    command_id: envelope.command_id,
    command_type: type,
    aggregate_id,
    actor: signed?.actor ?? envelope.actor,
    actor_type: signed?.actor_type ?? envelope.actor_type,
    subject: signed?.subject ?? envelope.actor,
    source: envelope.source,
    command_timestamp: envelope.command_timestamp,
    correlation_id: envelope.correlation_id ?? metadata.correlation_id ?? null,
    business_justification: said.justification ?? null,
    approval_id: metadata.approval_id ?? null,
    effective_at: metadata.effective_at ?? null,
    traceparent: metadata.traceparent ?? null,
    ip_address: metadata.ip_address ?? null,
    expected_version: envelope.expected_version ?? null,
    dry_run: envelope.dry_run ?? false,
    asked: envelope.data,
    data: data.data as Record<string, unknown>,
    teams,
    hash: commandHash(type, spec, envelope.data),
  };
};
