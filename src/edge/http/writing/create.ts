import { creates } from '../../../core/command.js';
import { isRefusal, type Refusal } from '../../../core/refusal.js';
import { problem } from '../answer.js';
import { hinted } from '../command-routes.js';
import type { Ctx, Http } from '../http.js';
import { deniedUnread } from '../read-json.js';
import { requestContext } from '../request-context.js';
import { again } from './again.js';
import type { Asking } from './asking.js';
import { bodyOf } from './body.js';
import { journalled } from './journalled.js';
import { keyedOf } from './keyed.js';
import { isOwnOf, type Meant, meantBy, type Reading } from './meant.js';
import { type Planned, planOf, type Wanted } from './planned.js';
import { send, templateOf } from './sending.js';
import { writtenAnswer } from './written.js';

type Creation = {
  readonly asking: Asking;
  readonly meant: Meant;
  readonly commands: readonly Planned[];
};

/** The creating command, and after it the commands for the fields that it does not take. */
const creationOf = async (c: Ctx, http: Http, reading: Reading): Promise<Creation | Refusal> => {
  const { settable, creating } = reading;
  const { definition } = settable;
  const denied = http.runtime.mayNone(requestContext(c).who, [settable.creating!]);
  if (denied) return deniedUnread(c, denied);
  const body = await bodyOf(c, http, isOwnOf(settable));
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
  const planned = planOf(wanted);
  if (isRefusal(planned)) return planned;
  const first: Planned = {
    type: settable.creating!.type,
    fields: [...meant.creating.keys()],
    data: Object.fromEntries([
      ...[...meant.companions].filter(([name]) => Object.hasOwn(creating!.data.shape, name)),
      ...meant.creating,
    ]),
    member: '',
  };
  const others = planned.filter(({ type }) => !creates(definition, definition.commands[type]!));
  const commands = [first, ...others];
  const { fields } = body;
  return {
    asking: { settable, template, id: undefined, fields, plannedOn: () => commands },
    meant,
    commands,
  };
};

/** `POST` of a new resource: it begins, and gets what else is said of it, or nothing happens. */
export const create = async (c: Ctx, http: Http, reading: Reading): Promise<Response> => {
  const found = await creationOf(c, http, reading);
  if (isRefusal(found)) return problem(c, journalled(c, http, { refusal: found, reading }));
  const { asking, meant, commands } = found;
  const { settable, plural } = reading;
  const keyed = keyedOf(asking);
  const sent = await send(c, http, { asking, keyed, commands });
  if (isRefusal(sent)) return problem(c, hinted(sent));
  const { result } = sent;
  const done =
    keyed && result.replayed ? await again(c, http, { asking, keyed, meant, first: result }) : sent;
  if (isRefusal(done)) return problem(c, done);
  const { name } = settable.definition;
  const shown = http.projections?.definitions.some(({ resource }) => resource === name);
  const location = `/${plural}/${result.aggregate_id}${shown ? '' : '/events'}`;
  return writtenAnswer(c, done, { fields: [...meant.fields.keys()], location });
};
