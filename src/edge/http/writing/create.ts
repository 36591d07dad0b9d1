import { creates } from '../../../core/command.js';
import { AGGREGATE_ID, aggregateIdFrom } from '../../../core/ids.js';
import { isRefusal, type Refusal, refuse } from '../../../core/refusal.js';
import { problem } from '../answer.js';
import { hinted } from '../command-routes.js';
import type { Ctx, Http } from '../http.js';
import { deniedUnread } from '../read-json.js';
import { requestContext } from '../request-context.js';
import { again } from './again.js';
import type { Asking, Template } from './asking.js';
import { type Body, bodyOf } from './body.js';
import { commandIds } from './command-ids.js';
import { journalled } from './journalled.js';
import { keyedOf } from './keyed.js';
import { isOwnOf, type Meant, meantBy, type Reading } from './meant.js';
import { aboutPart } from './place.js';
import { type Planned, planOf, type Wanted } from './planned.js';
import { send, templateOf } from './sending.js';
import type { Settable } from './settable.js';
import { writtenAnswer } from './written.js';

type Creation = {
  readonly asking: Asking;
  readonly meant: Meant;
  readonly commands: readonly Planned[];
  /** Of a part. */
  readonly part_id?: string;
};

/** Which aggregate a new part is for: as its documents say it. */
const ownerOf = (
  { part }: Settable,
  { fields }: Body,
): { readonly id: string | undefined } | Refusal => {
  const field = part?.resource.owner;
  const id = field === undefined ? undefined : fields.get(field);
  if (field === undefined || id === undefined) return { id: undefined };
  if (typeof id === 'string' && AGGREGATE_ID.test(id)) return { id };
  const message = 'expected 1 to 128 letters, digits, "-" or "_" (a UUID fits)';
  return refuse('VALIDATION_ERROR', `${field}: ${message}`, {
    errors: [{ field, message, rule: 'FORMAT' }],
  });
};

/** The creating command, and those for the fields that it does not take. */
const planOfNew = (reading: Reading, meant: Meant): readonly Planned[] | Refusal => {
  const { settable, creating } = reading;
  const { definition, part, begun } = settable;
  const { type } = settable.creating!;
  const before: Readonly<Record<string, unknown>> = part ? {} : definition.initial.data;
  const wanted: Wanted = {
    settable,
    ...meant,
    current: (field) => (Object.hasOwn(before, field) ? before[field] : undefined),
  };
  const planned = planOf(wanted);
  if (isRefusal(planned)) return planned;
  const first: Planned = {
    type,
    fields: [...meant.creating.keys()],
    data: Object.fromEntries([
      ...[...meant.companions].filter(([name]) => Object.hasOwn(creating!.data.shape, name)),
      ...[...meant.creating].map(([field, value]) => [begun.get(field)!, value] as const),
    ]),
    member: '',
  };
  const begins = (one: Planned): boolean =>
    part ? one.type === type : creates(definition, definition.commands[one.type]!);
  return [first, ...planned.filter((one) => !begins(one))];
};

/** The id of a new part: as it is said, else as that of an aggregate is made. */
const partIdOf = (
  { part }: Settable,
  { request }: Template,
  commands: readonly Planned[],
): unknown => {
  const said = commands[0]!.data[part!.id];
  return said ?? aggregateIdFrom(commandIds(request, commands)[0]!, part!.within);
};

/** The creating command, and after it the commands for the fields that it does not take. */
const creationOf = async (c: Ctx, http: Http, reading: Reading): Promise<Creation | Refusal> => {
  const { settable } = reading;
  const { part } = settable;
  const denied = http.runtime.mayNone(requestContext(c).who, [settable.creating!]);
  if (denied) return deniedUnread(c, denied);
  const body = await bodyOf(c, http, isOwnOf(settable));
  if (isRefusal(body)) return body;
  const owner = ownerOf(settable, body);
  if (isRefusal(owner)) return owner;
  const { envelope, fields } = body;
  const template = templateOf(c, http, { settable, id: owner.id, envelope });
  if (isRefusal(template)) return template;
  const said = new Map([...fields].filter(([name]) => name !== part?.resource.owner));
  const meant = meantBy(said, reading);
  if (isRefusal(meant)) return meant;
  const planned = planOfNew(reading, meant);
  if (isRefusal(planned)) return planned;
  const part_id = part ? partIdOf(settable, template, planned) : undefined;
  const commands = aboutPart(settable, part_id, planned);
  return {
    asking: { settable, template, id: undefined, fields, plannedOn: () => commands },
    meant,
    commands,
    ...(part && { part_id: String(part_id) }),
  };
};

const ABSENT = ['NOT_FOUND', 'DELETED'];

/** Where the aggregate that a part is for is missing, or not there, the field that says which. */
const inOwner = (refusal: Refusal, { asking: { settable, template } }: Creation): Refusal => {
  const { definition, part } = settable;
  if (!part) return refusal;
  const field = part.resource.owner;
  const { aggregate_id } = template.envelope;
  if (aggregate_id === undefined)
    return {
      ...refusal,
      refused: 'VALIDATION_ERROR',
      message: refusal.message.replaceAll('aggregate_id', field),
    };
  if (!ABSENT.includes(refusal.refused)) return refusal;
  return refuse(
    'REFERENCE_NOT_FOUND',
    `${field}: there is no ${definition.name} ${aggregate_id} (nothing was changed)`,
    { errors: [{ field, message: `no such ${definition.name}`, rule: 'REFERENCE' }] },
  );
};

/** `POST` of a new resource: it begins, and gets what else is said of it, or nothing happens. */
export const create = async (c: Ctx, http: Http, reading: Reading): Promise<Response> => {
  const found = await creationOf(c, http, reading);
  if (isRefusal(found)) return problem(c, journalled(c, http, { refusal: found, reading }));
  const { asking, meant, commands, part_id } = found;
  const keyed = keyedOf(asking);
  const sent = await send(c, http, { asking, keyed, commands });
  if (isRefusal(sent)) return problem(c, hinted(inOwner(sent, found)));
  const { result } = sent;
  const done =
    keyed && result.replayed ? await again(c, http, { asking, keyed, meant, first: result }) : sent;
  if (isRefusal(done)) return problem(c, done);
  const { plural, isShown } = reading;
  const { definition } = asking.settable;
  const location = isShown
    ? `/${plural}/${part_id ?? result.aggregate_id}`
    : `/${part_id === undefined ? plural : definition.plural}/${result.aggregate_id}/events`;
  const about = { fields: [...meant.fields.keys()], location };
  return writtenAnswer(c, done, part_id === undefined ? about : { ...about, part_id });
};
