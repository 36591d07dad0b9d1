import { creates } from '../../core/command.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import { problem } from '../answer.js';
import { hinted } from '../commands.js';
import type { Ctx, Http } from '../http.js';
import { another } from './another.js';
import { bodyOf } from './body.js';
import { journalled } from './journalled.js';
import { meantBy, type Reading } from './meant.js';
import { type Plan, type Planned, planOf, type Wanted } from './planned.js';
import { send, type Template, templateOf } from './sending.js';
import { writtenAnswer } from './written.js';

type Creation = { readonly plan: Plan; readonly template: Template; readonly wanted: Wanted };

/** The creating command, and after it the commands for the fields that it does not take. */
const creationOf = async (c: Ctx, http: Http, reading: Reading): Promise<Creation | Refusal> => {
  const { settable, creating } = reading;
  const { definition } = settable;
  const body = await bodyOf(c, http);
  if (isRefusal(body)) return body;
  const template = templateOf(c, http, { settable, id: undefined, envelope: body.envelope });
  if (isRefusal(template)) return template;
  const meant = meantBy(body.fields, reading);
  if (isRefusal(meant)) return meant;
  const begun = definition.initial.data;
  const wanted: Wanted = {
    settable,
    ...meant,
    current: (field) => (Object.hasOwn(begun, field) ? begun[field] : undefined),
  };
  const plan = planOf(wanted);
  if (isRefusal(plan)) return plan;
  const first: Planned = {
    type: settable.creating!.type,
    fields: [...meant.creating.keys()],
    data: Object.fromEntries([
      ...[...meant.companions].filter(([name]) => Object.hasOwn(creating!.data.shape, name)),
      ...meant.creating,
    ]),
    member: '',
  };
  const others = plan.commands.filter(
    ({ type }) => !creates(definition, definition.commands[type]!),
  );
  return { template, wanted, plan: { ...plan, commands: [first, ...others] } };
};

/** `POST` of a new resource: it begins, and gets what else is said of it, or nothing happens. */
export const create = async (c: Ctx, http: Http, reading: Reading): Promise<Response> => {
  const found = await creationOf(c, http, reading);
  if (isRefusal(found)) return problem(c, journalled(c, http, { refusal: found, reading }));
  const { template, plan, wanted } = found;
  const { settable, plural } = reading;
  const sent = await send(c, http, { template, commands: plan.commands, settable });
  if (isRefusal(sent)) return problem(c, hinted(sent));
  const id = sent.result.aggregate_id;
  const refusal = await another(http, { id, wanted, sent });
  if (refusal) return problem(c, journalled(c, http, { refusal, reading, id }));
  const { name } = settable.definition;
  const shown = http.projections?.definitions.some(({ resource }) => resource === name);
  const location = `/${plural}/${id}${shown ? '' : '/events'}`;
  return writtenAnswer(c, sent, { ...plan, location });
};
