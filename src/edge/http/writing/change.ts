import type { State } from '../../../core/aggregate.js';
import { allowed } from '../../../core/authorize.js';
import { presence } from '../../../core/chart.js';
import { isRefusal, type Refusal, refuse } from '../../../core/refusal.js';
import type { Keyed } from '../../../write/runtime/first-answer.js';
import { problem } from '../answer.js';
import { hinted } from '../command-routes.js';
import type { Ctx, Http } from '../http.js';
import { noSuch } from '../query.js';
import { deniedUnread } from '../read-json.js';
import { requestContext } from '../request-context.js';
import { again } from './again.js';
import type { Asking, Template } from './asking.js';
import { bodyOf } from './body.js';
import { expectingPart } from './expecting-part.js';
import { journalled } from './journalled.js';
import { keyedOf } from './keyed.js';
import { isOwnOf, type Meant, meantBy, type Reading, sentBack } from './meant.js';
import { aboutPart, type Place, placeOf, resourceIn } from './place.js';
import { currentOf, type Planned, planOf } from './planned.js';
import { nothingChanged, send, templateOf } from './sending.js';
import { unchangedAnswer, writtenAnswer } from './written.js';

type There = State & { readonly version: number };
type One = { readonly http: Http; readonly reading: Reading; readonly id: string };
/** Everything that is known before it is looked at what is there. */
type Change = {
  readonly place: Place;
  readonly asking: Asking;
  readonly keyed: Keyed | undefined;
  readonly meant: Meant;
  /** The commands that it becomes, or why it cannot be done. */
  readonly planOn: (there: There, expecting: Template) => readonly Planned[] | Refusal;
};

/**
 * Who may send none of the commands for a field learns nothing of it, not even that it is so, nor
 * what was answered to the same request before.
 */
const denied = (
  c: Ctx,
  { access }: Http,
  { template, rules, fields }: Denying,
): Refusal | undefined => {
  const { who } = requestContext(c);
  if (!access || !who) return undefined;
  const { actor, actor_type } = who;
  const envelope = { actor, actor_type, source: 'api', ...template.envelope } as const;
  for (const field of fields) {
    const answers = rules
      .get(field)!
      .map(({ type, spec }) => allowed(access.roles, who, { type, spec, envelope }));
    const refusals = answers.filter(isRefusal);
    if (refusals.length === answers.length) return refusals[0];
  }
  return undefined;
};
type Denying = Pick<Reading['settable'], 'rules'> & {
  readonly template: Template;
  readonly fields: Iterable<string>;
};

const absent = ({ one }: Reading['settable']): Refusal =>
  refuse('NOT_FOUND', `there is no ${one} with this id`);

const notThere = ({ reading: { settable } }: One, { status }: There): Refusal | undefined => {
  const is = presence(settable.definition.chart, status);
  if (is === 'present') return undefined;
  return is === 'deleted'
    ? refuse('DELETED', `this ${settable.one} was deleted: it cannot be changed any more`)
    : absent(settable);
};

const otherVersion = ({ envelope }: Template, { version }: There): Refusal | undefined => {
  const { expected_version: expected } = envelope;
  if (typeof expected !== 'number' || expected === version) return undefined;
  return refuse('CONCURRENCY_CONFLICT', `expected version ${expected}, it is ${version}`, {
    details: { expected, actual: version },
  });
};

const changeOf = async (
  c: Ctx,
  one: One,
  { place, whole }: { readonly place: Place | undefined; readonly whole: boolean },
): Promise<Change | Refusal> => {
  const { http, reading, id } = one;
  const { settable } = reading;
  const none = http.runtime.mayNone(requestContext(c).who, [...settable.rules.values()].flat());
  if (none) return deniedUnread(c, none);
  const body = await bodyOf(c, http, isOwnOf(settable));
  if (isRefusal(body)) return body;
  const template = templateOf(c, http, {
    settable,
    id: place?.aggregate_id,
    envelope: body.envelope,
  });
  if (isRefusal(template)) return template;
  const meant = meantBy(body.fields, reading, () => whole);
  if (isRefusal(meant)) return meant;
  const refusal = denied(c, http, { template, rules: settable.rules, fields: meant.fields.keys() });
  if (refusal) return refusal;
  if (!place) return absent(settable);
  const plan = (state: State, said: Meant): readonly Planned[] | Refusal => {
    const current = currentOf(settable, resourceIn(settable, state, place));
    const planned = planOf({ settable, ...said, current });
    return isRefusal(planned) ? planned : aboutPart(settable, id, planned);
  };
  const asking: Asking = {
    settable,
    template,
    id,
    fields: body.fields,
    plannedOn: (state) => {
      const planned = plan(state, meant);
      return isRefusal(planned) ? [] : planned;
    },
  };
  return {
    place,
    asking,
    keyed: keyedOf(asking),
    meant,
    planOn: (there, expecting) => {
      const refused = notThere(one, there) ?? otherVersion(expecting, there);
      if (refused) return refused;
      const state = resourceIn(settable, there, place);
      const said = whole
        ? meantBy(body.fields, reading, sentBack(reading, { ...place, state }))
        : meant;
      return isRefusal(said) ? said : plan(there, said);
    },
  };
};

/**
 * `PATCH` and `PUT` of one resource: each field that changes becomes the command that sets it. What
 * came before under the same key comes first: what is there now is no matter to it.
 */
export const change = async (c: Ctx, one: One, whole: boolean): Promise<Response> => {
  const { http, reading, id } = one;
  const { settable } = reading;
  const { definition, part } = settable;
  const refused = noSuch({ name: settable.one }, id);
  if (refused) return problem(c, refused);
  const place = await placeOf(http, settable, id);
  const refusal = (why: Refusal): Response =>
    problem(c, journalled(c, http, { refusal: why, reading, id: place?.aggregate_id }));
  const found = await changeOf(c, one, { place, whole });
  if (isRefusal(found)) return refusal(found);
  const { keyed, meant, planOn } = found;
  const { aggregate_id } = found.place;
  const { runtime } = http;
  const of = { definition, aggregate_id };
  const written = { fields: [...meant.fields.keys()], ...(part && { part_id: id }) };
  const { there, first } = keyed
    ? await runtime.stateFor(of, keyed, {
        via: 'http',
        by: requestContext(c).who,
        ip_address: http.addressOf(c) ?? null,
      })
    : { there: await runtime.state(definition, aggregate_id), first: undefined };
  if (first && isRefusal(first)) return refusal(nothingChanged(first));
  if (keyed && first) {
    const told = await again(c, http, { asking: found.asking, keyed, meant, first });
    return isRefusal(told) ? problem(c, told) : writtenAnswer(c, told, written);
  }
  const same = (version: number): Response =>
    unchangedAnswer(c, {
      aggregate_type: definition.name,
      aggregate_id,
      aggregate_version: version,
      ...(part && { part_id: id }),
      unchanged: written.fields,
    });
  const asking = await expectingPart(c, http, { asking: found.asking, place: found.place, there });
  const commands = planOn(there, asking.template);
  if (isRefusal(commands)) return refusal(commands);
  if (commands.length === 0) return same(there.version);
  const sent = await send(c, http, { asking, keyed, commands });
  if (isRefusal(sent))
    return sent.refused === 'NO_CHANGE'
      ? same((await runtime.state(definition, aggregate_id)).version)
      : problem(c, hinted(sent));
  // It came twice at once: the other one may have been planned on something else.
  const done =
    keyed && sent.result.replayed
      ? await again(c, http, { asking, keyed, meant, first: sent.result })
      : sent;
  return isRefusal(done) ? problem(c, done) : writtenAnswer(c, done, written);
};
