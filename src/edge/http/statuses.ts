import type { Aggregate } from '../../core/aggregate.js';
import { position } from '../../core/event.js';
import { originOf } from '../../core/origin.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import { NO_TIME_TRAVEL } from './aggregate-at-answer.js';
import { problem } from './answer.js';
import { auditLogFor, changesOf, neverWas } from './audit-changes.js';
import type { Ctx, Http } from './http.js';
import { STATUSES_MAX } from './limits.js';
import { clockOf } from './moment-of.js';
import type { Plural } from './plurals.js';
import { noSuch, refuseUnknown } from './query.js';
import { nowOf, type Reflected, reflectedAnswer, reflection } from './reflected.js';
import { requestContext } from './request-context.js';

const SECOND_MS = 1_000;
const PARAMETERS = ['clock', 'min_position', 'min_position_timeout_ms'];

/** A change of status as the audit log keeps it: the fields that this file reads. */
type Change = {
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_version: number;
  readonly position: string;
  readonly actor: string;
  readonly recorded_at: string;
  readonly business_justification: string | null;
  readonly command_id: string;
  readonly command_type: string | null;
  readonly status: string;
};

/** A status, from when on and until when, and what brought it; `to` null = until now. */
type Shown = Omit<Change, 'recorded_at'> & {
  readonly from: string;
  readonly to: string | null;
};

const shownStay = ({ status, from, to, ...change }: Shown, now: string) => ({
  status,
  from,
  to,
  seconds: Math.max(0, Math.round((Date.parse(to ?? now) - Date.parse(from)) / SECOND_MS)),
  ...change,
});

type One = { readonly definition: Aggregate; readonly id: string };
type Stays = {
  readonly stays: readonly Shown[];
  readonly total: number;
  readonly reflected: Reflected;
};

/** By the times at which they were recorded: the changes of status as the audit log has them. */
const recordedStays = async (c: Ctx, http: Http, one: One): Promise<Stays | Refusal> => {
  const found = await changesOf(c, http, {
    ...one,
    field: 'status',
    sort: [{ column: 'aggregate_version', descending: true }],
    limit: STATUSES_MAX,
  });
  if (isRefusal(found)) return found;
  const { reflected, total } = found;
  const absent = total === 0 ? await neverWas(http, one) : undefined;
  if (absent) return absent;
  const changes = found.documents.map(({ document }) => document as Change).reverse();
  const stays = changes.map((change, index) => ({
    status: change.status,
    from: change.recorded_at,
    to: changes[index + 1]?.recorded_at ?? null,
    event_id: change.event_id,
    event_type: change.event_type,
    aggregate_version: change.aggregate_version,
    position: change.position,
    command_id: change.command_id,
    command_type: change.command_type,
    actor: change.actor,
    business_justification: change.business_justification,
  }));
  return { stays, total, reflected };
};

/** In the order of the world, which may be another than that in which it was recorded. */
const effectiveStays = async (
  c: Ctx,
  http: Http,
  { definition, id }: One,
): Promise<Stays | Refusal> => {
  const { time } = http;
  if (!time) return NO_TIME_TRAVEL;
  // The log is read afterwards: it knows at least as much.
  const reflected = await auditLogFor(c, http);
  if (isRefusal(reflected)) return reflected;
  const all = await http.logReads.read(requestContext(c).who, () => time.stays(definition, id));
  if (isRefusal(all)) return all;
  const stays = all.slice(-STATUSES_MAX).map(({ status, from, to, event }) => ({
    status,
    from: new Date(from).toISOString(),
    to: to === null ? null : new Date(to).toISOString(),
    event_id: event.event_id,
    event_type: event.event_type,
    aggregate_version: event.aggregate_version,
    position: position(definition.slug, event.sequence),
    command_id: event.causation_id,
    command_type: originOf(definition, event.event_type).command_type,
    actor: event.actor,
    business_justification: event.business_justification,
  }));
  return { stays, total: all.length, reflected };
};

/** `GET /{plural}/{id}/statuses`: which status it had from when to when, and who changed it. */
export const statuses = async (c: Ctx, http: Http, plural: Plural): Promise<Response> => {
  const id = c.req.param('id')!;
  const refused = noSuch(plural.definition, id) ?? refuseUnknown(c, PARAMETERS);
  if (refused) return problem(c, refused);
  const asked = clockOf(c);
  if (isRefusal(asked)) return problem(c, asked);
  const one = { definition: plural.definition, id };
  const staysOf = asked.clock === 'recorded' ? recordedStays : effectiveStays;
  const found = await staysOf(c, http, one);
  if (isRefusal(found)) return problem(c, found);
  const { reflected } = found;
  const now = nowOf(http, reflected.moment);
  const body = {
    aggregate_type: plural.definition.name,
    aggregate_id: id,
    clock: asked.clock,
    items: found.stays.map((stay) => shownStay(stay, now)),
    total: found.total,
    ...reflection(reflected),
  };
  return reflectedAnswer(c, reflected, { body: JSON.stringify(body) });
};
