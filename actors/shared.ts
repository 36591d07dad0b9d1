import { z } from 'zod';
import type { Terms } from '../src/core/declared.js';
import { sets } from '../src/core/field.js';
import { adds } from '../src/core/list-field.js';
import { type Refusal, refuse } from '../src/core/refusal.js';

export const TAGS_MAX = 50;
const DEPENDENTS_SHOWN_MAX = 20;

const text = (max: number) => z.string().trim().min(1).max(max);

/** What something is called by people. */
export const Name = text(255);
/** Why something is done. */
export const Reason = text(2000);
/** Why something is done, where nobody has to say. */
export const NoReason = Reason.nullable().default(null);
/** A text about something; empty = none. */
export const Description = z.string().trim().max(2000);
export const Tag = text(64);
export const Tags = z.array(Tag).min(1).max(TAGS_MAX);

/** The event that a correction names. */
export const EventId = text(128);

/** How far data may go: `public` everywhere, `restricted` hardly anywhere. */
export const Classification = z.enum(['public', 'internal', 'confidential', 'restricted']);
export type Classification = z.output<typeof Classification>;
/** How much would stand still without it. */
export const Criticality = z.enum(['low', 'medium', 'high', 'critical']);
export type Criticality = z.output<typeof Criticality>;
export const Environment = z.enum(['dev', 'staging', 'prod']);
export type Environment = z.output<typeof Environment>;
export const Lifecycle = z.enum(['planned', 'active', 'deprecated', 'retired']);
export type Lifecycle = z.output<typeof Lifecycle>;

/** A calendar date that exists: `2026-06-30`. */
export const CalendarDate = z.iso.date({ error: 'expected a date, such as 2026-06-30' });
/** A DNS name: labels of letters, digits and inner hyphens. A single label is enough. */
export const Hostname = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
    'expected a DNS name, such as db-1.example.org',
  );

/** The DNS name of a domain, as domains are compared. */
export const DomainName = Hostname.toLowerCase();
/** An e-mail address, as addresses are compared. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(z.regexes.email, 'expected an e-mail address, such as ann@example.org');

/** How two programs talk. */
export const Protocol = z.enum([
  'rest',
  'graphql',
  'grpc',
  'soap',
  'kafka',
  'rabbitmq',
  'sqs',
  'http',
  'https',
  'tcp',
  'udp',
  'websocket',
  'mqtt',
]);
/** How often data flows. */
export const Frequency = z
  .string()
  .trim()
  .regex(
    /^(real-time|streaming|daily|weekly|monthly|on-demand|[1-9]\d{0,5}[smh])$/,
    'expected real-time, streaming, daily, weekly, monthly, on-demand, or an interval such as 15m',
  );
/** What is promised: it names a share, a duration or the hours of service. */
export const Sla = z
  .string()
  .trim()
  .max(255)
  .regex(
    /\d ?(%|(ms|s|m|h|d|min|minutes?|seconds?|hours?|days?)\b)|24\/7|best[- ]effort/i,
    'expected a percentage, a duration, 24/7 or best-effort, such as 99.9%',
  );
/** How sure one is of something, from 0 to 1. */
export const Confidence = z.number().min(0).max(1);

/** A name as names are compared: two that look the same are the same. */
export const normalized = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').trim().replaceAll(/\s+/g, ' ');

/** Refuse for one field of a command, as its schema would. */
export const invalid = (field: string, message: string): Refusal =>
  refuse('VALIDATION_ERROR', `data.${field}: ${message}`, {
    errors: [{ field: `data.${field}`, message, rule: 'RANGE' }],
  });

/** Something that would be left hanging. */
export type Dependent = {
  readonly type: string;
  readonly id: string;
  readonly name?: string;
  readonly environment?: string;
};

const spoken = ({ type, id, name, environment }: Dependent): string =>
  `${type} ${name ? `"${name}"` : id}${environment ? ` (${environment})` : ''}`;

/** Refuse as long as something depends on it. `why` ends where the list of dependents begins. */
export const refuseWhileNeeded = (why: string, all: readonly Dependent[]): Refusal | undefined => {
  if (all.length === 0) return undefined;
  const dependents = all.slice(0, DEPENDENTS_SHOWN_MAX);
  const more = all.length - dependents.length;
  return refuse(
    'HAS_DEPENDENTS',
    `${why}: ${dependents.map(spoken).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    { details: { dependents, total: all.length } },
  );
};

/** Lowering the criticality is sensitive (AC-007), raising it is not. */
export const refuseToLowerUnjustified = (
  previous: Criticality | null,
  next: Criticality,
  context: { readonly business_justification: string | null },
): Refusal | undefined => {
  const rank = (one: Criticality) => Criticality.options.indexOf(one);
  if (previous === null || rank(next) >= rank(previous)) return undefined;
  if (context.business_justification !== null) return undefined;
  const message = 'this field is required';
  return refuse(
    'JUSTIFICATION_REQUIRED',
    `lowering the criticality from "${previous}" to "${next}" is a sensitive operation: say why in metadata.business_justification`,
    { errors: [{ field: 'metadata.business_justification', message, rule: 'REQUIRED' }] },
  );
};

/** How a field is taken back that need not have a value, for a reason or without one. */
export const takenBack = <const C extends string, const E extends string>(
  command: C,
  event: E,
  summary: string,
) => ({ command, event, summary, also: { reason: NoReason } }) as const;

/** The same where it could be the first step of lowering it unseen: it needs a justification. */
export const takenBackJustified = <const C extends string, const E extends string>(
  command: C,
  event: E,
  summary: string,
) => ({ command, event, summary, sensitive: true }) as const;

/** A command that adds tags, with the one that removes them. */
export const tagging = (roles: readonly string[]) =>
  adds('tags', Tags, {
    event: 'TagsAdded',
    summary: 'Add tags; those it has already are left out.',
    roles,
    removed: {
      command: 'RemoveTags',
      event: 'TagsRemoved',
      summary: 'Remove tags; those it does not have are left out.',
    },
  });

/** A command that describes something in other words; none = the description is taken back. */
export const describing = (terms: Pick<Terms, 'summary' | 'roles' | 'aliases'>) =>
  sets('description', Description, {
    ...terms,
    event: 'DescriptionUpdated',
    bare: true,
    isText: true,
    empty: '',
  });

/** The events of an aggregate that corrections may name: their type, and what corrected them. */
export const Correctable = z.record(
  z.string(),
  z.object({ type: z.string(), corrected_by: z.string().nullable() }),
);
export type Correctable = z.output<typeof Correctable>;

/** Note an event that can be corrected; if it is itself a correction, note that of the original. */
export const noted = (
  before: Correctable,
  type: string,
  event: { readonly event_id: string; readonly original_event_id?: string },
): Correctable => {
  const { event_id, original_event_id } = event;
  const original = original_event_id === undefined ? undefined : before[original_event_id];
  return {
    ...before,
    ...(original && { [original_event_id!]: { ...original, corrected_by: event_id } }),
    [event_id]: { type, corrected_by: null },
  };
};

/** Refuse a correction that names an event it cannot correct. */
export const refuseTarget = (
  events: Correctable,
  event_id: string,
  types: readonly string[],
): Refusal | undefined => {
  const target = Object.hasOwn(events, event_id) ? events[event_id] : undefined;
  const no = (why: string) =>
    refuse('CORRECTION_TARGET_INVALID', why, { details: { event_id, correctable: types } });
  if (!target)
    return no(
      `${event_id} is no event of this aggregate that can be corrected (${types.join(', ')})`,
    );
  if (!types.includes(target.type))
    return no(`${event_id} is of type ${target.type}; this command corrects ${types.join(', ')}`);
  if (target.corrected_by !== null)
    return no(`${event_id} was corrected already, by ${target.corrected_by}: correct that one`);
  return undefined;
};
