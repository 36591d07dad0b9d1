import type { State } from '../../core/aggregate.js';
import { allowed } from '../../core/authorize.js';
import { presence } from '../../core/chart.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { problem } from '../answer.js';
import { askedOf } from '../asked.js';
import { hinted } from '../commands.js';
import type { Ctx, Http } from '../http.js';
import { noSuch } from '../query.js';
import { another, currentOf } from './another.js';
import { bodyOf } from './body.js';
import { journalled } from './journalled.js';
import { type Meant, meantBy, type Reading, sentBack } from './meant.js';
import { type Plan, planOf, type Wanted } from './planned.js';
import { send, type Template, templateOf } from './sending.js';
import { unchangedAnswer, writtenAnswer } from './written.js';

type There = State & { readonly version: number };
type One = { readonly http: Http; readonly reading: Reading; readonly id: string };
/** Everything that is known before something is sent. */
type Change = {
  readonly there: There;
  readonly wanted: Wanted;
  readonly plan: Plan;
  readonly template: Template;
};

/** Who may send none of the commands for a field learns nothing of it, not even that it is so. */
const denied = (c: Ctx, { access }: Http, { rules, fields }: Denying): Refusal | undefined => {
  const { who } = askedOf(c);
  if (!access || !who) return undefined;
  const envelope = { actor: who.actor, source: 'api' } as const;
  for (const field of fields) {
    const answers = rules
      .get(field)!
      .map(({ type, spec }) => allowed(access.roles, who, { type, spec, envelope }));
    const refusals = answers.filter(isRefusal);
    if (refusals.length === answers.length) return refusals[0];
  }
  return undefined;
};
type Denying = Pick<Reading['settable'], 'rules'> & { readonly fields: Iterable<string> };

const notThere = ({ reading: { settable } }: One, { status }: There): Refusal | undefined => {
  const { chart, name } = settable.definition;
  const is = presence(chart, status);
  if (is === 'present') return undefined;
  return is === 'deleted'
    ? refuse('DELETED', `this ${name} was deleted: it cannot be changed any more`)
    : refuse('NOT_FOUND', `there is no ${name} with this id`);
};

const otherVersion = ({ envelope }: Template, { version }: There): Refusal | undefined => {
  const { expected_version: expected } = envelope;
  if (typeof expected !== 'number' || expected === version) return undefined;
  return refuse('CONCURRENCY_CONFLICT', `expected version ${expected}, it is ${version}`, {
    details: { expected, actual: version },
  });
};

const changeOf = async (c: Ctx, one: One, whole: boolean): Promise<Change | Refusal> => {
  const { http, reading, id } = one;
  const { settable } = reading;
  const body = await bodyOf(c, http);
  if (isRefusal(body)) return body;
  const template = templateOf(c, http, { settable, id, envelope: body.envelope });
  if (isRefusal(template)) return template;
  const strictly = meantBy(body.fields, reading, () => whole);
  if (isRefusal(strictly)) return strictly;
  const refusal = denied(c, http, { rules: settable.rules, fields: strictly.fields.keys() });
  if (refusal) return refusal;
  const there = await http.runtime.state(settable.definition, id);
  const absent = notThere(one, there) ?? otherVersion(template, there);
  if (absent) return absent;
  const meant: Meant | Refusal = whole
    ? meantBy(body.fields, reading, sentBack(reading, { id, state: there }))
    : strictly;
  if (isRefusal(meant)) return meant;
  const wanted = { settable, ...meant, current: currentOf(settable.definition, there) };
  const plan = planOf(wanted);
  return isRefusal(plan) ? plan : { there, wanted, plan, template };
};

/** `PATCH` and `PUT` of one resource: each field that changes becomes the command that sets it. */
export const change = async (c: Ctx, one: One, whole: boolean): Promise<Response> => {
  const { http, reading, id } = one;
  const { definition } = reading.settable;
  const refused = noSuch(definition, id);
  if (refused) return problem(c, refused);
  const found = await changeOf(c, one, whole);
  if (isRefusal(found)) return problem(c, journalled(c, http, { refusal: found, reading, id }));
  const { there, plan, template, wanted } = found;
  const { settable } = reading;
  const asked = { aggregate_type: definition.name, aggregate_id: id };
  const same = (version: number): Response =>
    unchangedAnswer(c, {
      ...{ ...asked, aggregate_version: version },
      unchanged: [...wanted.fields.keys()],
    });
  if (plan.commands.length === 0) return same(there.version);
  const sent = await send(c, http, { template, commands: plan.commands, settable });
  if (!isRefusal(sent)) {
    const refusal = await another(http, { id, wanted, sent });
    if (refusal) return problem(c, journalled(c, http, { refusal, reading, id }));
    return writtenAnswer(c, sent, plan);
  }
  if (sent.refused !== 'NO_CHANGE') return problem(c, hinted(sent));
  return same((await http.runtime.state(definition, id)).version);
};
