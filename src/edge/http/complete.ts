import { randomUUID } from 'node:crypto';
import type { Aggregate } from '../../core/aggregate.js';
import { NAME_SHOWN_MAX } from '../../core/mistakes.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { FoundCommand, Registry } from '../../core/registry.js';
import { headerText } from './header-text.js';
import type { Ctx, Http } from './http.js';
import { requestContext } from './request-context.js';

type Fields = Record<string, unknown>;
/** What a path says of a command. Without an id the server names the aggregate. */
export type Path = { readonly found: FoundCommand; readonly id: string | undefined };
/** An envelope to dispatch. It is what a client sent, so it stays wrapped: it may hold any key. */
export type Enveloped = { readonly envelope: unknown };

/**
 * A version in quotes; the tag of a resource has a digest behind it, and is weak where the answer
 * was compressed: the version is what counts.
 */
const VERSION_TAG = /^(?:W\/(?="\d+-))?"(0|[1-9]\d{0,14})(?:-[0-9a-f]+)?"$/;
const QUERY = ['dry_run'];
const SHOWN_MAX = 100;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (name: string, message: string): Refusal => {
  const field = name.slice(0, NAME_SHOWN_MAX);
  return refuse('MALFORMED_COMMAND', `${field}: ${message}`, {
    errors: [{ field, message, rule: 'FORMAT' }],
  });
};

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_MAX);

const disagree = (
  field: string,
  [where, said]: readonly [where: string, said: unknown],
  body: unknown,
): Refusal =>
  malformed(field, `${where} says ${show(said)}, the body says ${show(body)}: they must agree`);

/** The three things that the path says, put into the envelope unless that says otherwise. */
const fromPath = (
  registry: Registry,
  { found: { definition, type }, id }: Path,
  envelope: Fields,
): Refusal | undefined => {
  const { aggregate_type, command_type, aggregate_id } = envelope;
  const same = (given: unknown, find: (name: string) => unknown, wanted: unknown): boolean =>
    given === undefined || (typeof given === 'string' && find(given) === wanted);
  if (!same(aggregate_type, (name): Aggregate | undefined => registry.aggregate(name), definition))
    return disagree('aggregate_type', ['the path', definition.name], aggregate_type);
  if (!same(command_type, (name) => registry.command(definition, name)?.type, type))
    return disagree('command_type', ['the path', type], command_type);
  if (id !== undefined && aggregate_id !== undefined && aggregate_id !== id)
    return disagree('aggregate_id', ['the path', id], aggregate_id);
  envelope.aggregate_type = definition.name;
  envelope.command_type = type;
  if (id !== undefined) envelope.aggregate_id = id;
  return undefined;
};

/** A header stands in for a field; where both are there they say the same. */
const fromHeader = (
  fields: Fields,
  field: string,
  { header, value }: { readonly header: string; readonly value: string | undefined },
): Refusal | undefined => {
  if (value === undefined) return undefined;
  const given = fields[field];
  if (given === undefined) fields[field] = value;
  else if (typeof given === 'string' && given.trim().toLowerCase() !== value.trim().toLowerCase())
    return malformed(field, `the header ${header} and the body differ: they must agree`);
  return undefined;
};

const headerOf = (c: Ctx, header: string) => ({ header, value: headerText(c, header) });

/** `Idempotency-Key` is a quoted string in its specification and a bare one in most clients. */
export const idempotencyKey = (c: Ctx) => {
  const { header, value } = headerOf(c, 'Idempotency-Key');
  return { header, value: value?.replace(/^"(.*)"$/, '$1') || undefined };
};

const defaults = (
  c: Ctx,
  { envelope, metadata }: { readonly envelope: Fields; readonly metadata: Fields },
  clock: () => number,
): Refusal | undefined => {
  const refused =
    fromHeader(envelope, 'command_id', idempotencyKey(c)) ??
    fromHeader(envelope, 'actor', headerOf(c, 'X-Actor')) ??
    fromHeader(metadata, 'business_justification', headerOf(c, 'X-Business-Justification')) ??
    fromHeader(metadata, 'approval_id', headerOf(c, 'X-Approval-Id'));
  if (refused) return refused;
  envelope.command_id ??= randomUUID();
  envelope.actor_type ??= 'user';
  envelope.source ??= 'api';
  envelope.command_timestamp ??= new Date(clock()).toISOString();
  // Proxies add this one by themselves: what the body says counts.
  const correlation = headerText(c, 'X-Correlation-Id');
  if (correlation !== undefined) envelope.correlation_id ??= correlation;
  return undefined;
};

const expectedVersion = (c: Ctx, envelope: Fields): Refusal | undefined => {
  const tag = c.req.header('if-match');
  if (tag === undefined) return undefined;
  const version = VERSION_TAG.exec(tag.trim())?.[1];
  if (version === undefined)
    return malformed('If-Match', 'expected the version of the aggregate in quotes, such as "7"');
  const given = envelope.expected_version;
  if (given !== undefined && given !== Number(version))
    return disagree('expected_version', ['the header If-Match', Number(version)], given);
  envelope.expected_version = Number(version);
  return undefined;
};

const dryRun = (c: Ctx, envelope: Fields, also: readonly string[]): Refusal | undefined => {
  if (!c.req.url.includes('?')) return undefined;
  const { dry_run, ...rest } = c.req.query();
  // A misspelt dry_run must not become a command that is carried out.
  const unknown = Object.keys(rest).find((name) => !also.includes(name));
  if (unknown !== undefined)
    return malformed(unknown, `unknown query parameter; known: ${[...QUERY, ...also].join(', ')}`);
  if (dry_run === undefined) return undefined;
  if (dry_run !== 'true' && dry_run !== 'false')
    return malformed('dry_run', 'expected true or false');
  const wanted = dry_run === 'true';
  if (envelope.dry_run !== undefined && envelope.dry_run !== wanted)
    return disagree('dry_run', ['the query', wanted], envelope.dry_run);
  envelope.dry_run = wanted;
  return undefined;
};

const fillMetadata = (c: Ctx, metadata: Fields, address: string | undefined): void => {
  // For the audit: never what the sender says.
  if (address === undefined) delete metadata.ip_address;
  else metadata.ip_address = address;
  metadata.traceparent ??= requestContext(c).traceparent;
};

/**
 * The envelope of a command from all that a request says of it: the path, the headers, the query
 * and the body, which is either an envelope (it has a `data` object) or the data alone.
 */
export const complete = (
  c: Ctx,
  { runtime: { registry }, clock, addressOf }: Pick<Http, 'runtime' | 'clock' | 'addressOf'>,
  {
    body,
    path,
    query = [],
  }: {
    readonly body: unknown;
    readonly path: Path | undefined;
    /** Query parameters besides `dry_run` that somebody else reads. */
    readonly query?: readonly string[];
  },
): Enveloped | Refusal => {
  const whole = isFields(body) && (path === undefined || isFields(body.data));
  if (!whole && path === undefined) return { envelope: body };
  const envelope: Fields = whole ? (body as Fields) : { data: body };
  if (envelope.metadata === undefined) envelope.metadata = {};
  const metadata = isFields(envelope.metadata) ? envelope.metadata : {};
  const refused =
    (path && (fromPath(registry, path, envelope) ?? defaults(c, { envelope, metadata }, clock))) ??
    expectedVersion(c, envelope) ??
    dryRun(c, envelope, query);
  if (refused) return refused;
  fillMetadata(c, metadata, addressOf(c));
  return { envelope };
};
