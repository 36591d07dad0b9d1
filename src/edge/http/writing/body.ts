import { illFormedText, WELL_FORMED } from '../../../core/envelope.js';
import { Mistakes, NAME_SHOWN_MAX } from '../../../core/mistakes.js';
import { choices } from '../../../core/nearest.js';
import { isRefusal, type Refusal, refuse } from '../../../core/refusal.js';
import { justificationAmong } from '../../../core/why.js';
import type { Ctx, Http } from '../http.js';
import { MERGE_PATCH, readJson } from '../read-json.js';

export type Fields = Readonly<Record<string, unknown>>;

/** What a body says: values for fields, and what goes into the envelope of every command. */
export type Body = { readonly fields: ReadonlyMap<string, unknown>; readonly envelope: Fields };

/** Why something is done, by whose leave, and to what it belongs; never fields of a resource. */
const JUSTIFICATION = 'business_justification';
export const PAPERS = [JUSTIFICATION, 'approval_id'] as const;
const BESIDE = ['correlation_id', 'metadata'] as const;
/** What may stand beside `data`, as in the envelope of a command. */
const ENVELOPE = [
  'command_id',
  'aggregate_id',
  'aggregate_type',
  'actor',
  'actor_type',
  'source',
  'command_timestamp',
  'expected_version',
  'dry_run',
  ...BESIDE,
];

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (name: string, message: string): Refusal => {
  const field = name.slice(0, NAME_SHOWN_MAX);
  return refuse('MALFORMED_COMMAND', `${field}: ${message}`, {
    errors: [{ field, message, rule: 'FORMAT' }],
  });
};

/** The papers that stand among the fields, moved to where commands have them. */
const withPapers = (
  fields: Map<string, unknown>,
  metadata: unknown,
): { readonly metadata: unknown } | Refusal => {
  const said = PAPERS.filter((name) => fields.has(name));
  if (said.length === 0 || (metadata !== undefined && !isFields(metadata))) return { metadata };
  const whole = new Map(Object.entries(metadata ?? {}));
  for (const name of said) {
    const value = fields.get(name);
    if (whole.has(name) && whole.get(name) !== value)
      return malformed(name, `the body says it twice, and differently (metadata.${name})`);
    whole.set(name, value);
    fields.delete(name);
  }
  return { metadata: Object.fromEntries(whole) };
};

const split = (json: Fields): Body | Refusal => {
  const wrapped = isFields(json.data);
  const fields = new Map(Object.entries(wrapped ? (json.data as Fields) : json));
  const envelope = new Map<string, unknown>();
  if (wrapped) {
    const mistakes = new Mistakes();
    for (const [name, value] of Object.entries(json)) {
      if (name === 'data') continue;
      if (ENVELOPE.includes(name)) envelope.set(name, value);
      else
        mistakes.add(
          name.slice(0, NAME_SHOWN_MAX),
          () => `unknown field beside "data"${choices(name, ENVELOPE, 'known:')}`,
          'UNKNOWN',
        );
    }
    const refusal = mistakes.refusal({ code: 'MALFORMED_COMMAND' });
    if (refusal) return refusal;
  } else
    for (const name of BESIDE) {
      if (fields.has(name)) envelope.set(name, fields.get(name));
      fields.delete(name);
    }
  const bad = illFormedText(Object.fromEntries([...envelope, ...fields]));
  if (bad !== undefined) return malformed(bad, WELL_FORMED);
  const papers = withPapers(fields, envelope.get('metadata'));
  if (isRefusal(papers)) return papers;
  if (papers.metadata !== undefined) envelope.set('metadata', papers.metadata);
  return { fields, envelope: Object.fromEntries(envelope) };
};

/**
 * Whoever says why something of a resource changes says it once, under any of the names, to all
 * commands. A field that the resource has is that field.
 */
export const justified = (
  c: Ctx,
  { fields, envelope }: Body,
  isOwn: (field: string) => boolean,
): Body => {
  const { metadata = {} } = envelope;
  const why = justificationAmong(fields, isOwn);
  const isSaid = c.req.header('x-business-justification') !== undefined;
  if (!why || isSaid || !isFields(metadata) || JUSTIFICATION in metadata)
    return { fields, envelope };
  const whole = { ...metadata, [JUSTIFICATION]: why.text };
  return { fields, envelope: { ...envelope, metadata: whole } };
};

/**
 * What a request says of a resource: its fields, beside them `metadata` and `correlation_id`; or
 * all fields in `data` and beside it what the envelope of a command has.
 */
export const bodyOf = async (
  c: Ctx,
  { limits }: Http,
  isOwn: (field: string) => boolean,
): Promise<Body | Refusal> => {
  const body = await readJson(
    c,
    limits.bodyMax,
    c.req.method === 'PATCH' ? MERGE_PATCH : undefined,
  );
  if (isRefusal(body)) return body;
  if (!isFields(body.json))
    return malformed('(body)', 'expected an object: the fields and their values');
  const said = split(body.json);
  return isRefusal(said) ? said : justified(c, said, isOwn);
};
