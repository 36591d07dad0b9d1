import { isRefusal, type Refusal, refuse } from '../../../core/refusal.js';
import { isWhy, WHY } from '../../../core/why.js';
import { problem } from '../answer.js';
import { hinted } from '../command-routes.js';
import type { Ctx, Http } from '../http.js';
import { noSuch } from '../query.js';
import { deniedUnread } from '../read-json.js';
import { requestContext } from '../request-context.js';
import type { Asking, Template } from './asking.js';
import { type Body, bodyOf, isFields, justified, PAPERS } from './body.js';
import { expectingPart } from './expecting-part.js';
import { journalled } from './journalled.js';
import { keyedOf } from './keyed.js';
import type { Reading } from './meant.js';
import { aboutPart, type Place, placeOf } from './place.js';
import type { Planned } from './planned.js';
import { send, templateOf } from './sending.js';
import { writtenAnswer } from './written.js';

/** A field of the deleting command that says the same as the justification, if nothing else. */
const REASON = 'reason';
const CORRELATION = 'correlation_id';

/** Many clients send no body with DELETE: what it says may also stand in the query. */
const fromQuery = (c: Ctx, { fields, envelope }: Body, known: readonly string[]): Body => {
  const query = Object.entries(c.req.query());
  const own = query.filter(([name]) => known.includes(name) && !fields.has(name));
  const papers = query.filter(([name]) => PAPERS.some((one) => one === name));
  const correlation = c.req.query(CORRELATION);
  const { metadata = {} } = envelope;
  return {
    fields: new Map([...fields, ...own]),
    envelope: {
      ...(correlation !== undefined && { [CORRELATION]: correlation }),
      ...envelope,
      metadata: isFields(metadata) ? { ...Object.fromEntries(papers), ...metadata } : metadata,
    },
  };
};

/** A deletion sets no field: whatever says why is about that. */
const noneIsOwn = (): boolean => false;

const justificationOf = ({ envelope: { metadata } }: Template): unknown =>
  isFields(metadata) ? metadata.business_justification : undefined;

type Deletion = { readonly commands: readonly Planned[]; readonly asking: Asking };

const deletionOf = async (
  c: Ctx,
  http: Http,
  {
    reading: { settable },
    id,
    place,
  }: { readonly reading: Reading; readonly id: string; readonly place: Place | undefined },
): Promise<Deletion | Refusal> => {
  const { type, spec } = settable.deleting!;
  const known = [...new Set([...Object.keys(spec.data.shape), ...WHY])].filter(
    (name) => name !== settable.part?.id && !PAPERS.some((one) => one === name),
  );
  const denied = http.runtime.mayNone(requestContext(c).who, [settable.deleting!]);
  if (denied) return deniedUnread(c, denied);
  const said = await bodyOf(c, http, noneIsOwn);
  if (isRefusal(said)) return said;
  const { fields, envelope } = justified(c, fromQuery(c, said, known), noneIsOwn);
  const query = [...known, ...PAPERS, CORRELATION];
  const template = templateOf(c, http, {
    settable,
    id: place?.aggregate_id,
    envelope,
    query,
  });
  if (isRefusal(template)) return template;
  if (!place) return refuse('NOT_FOUND', `there is no ${settable.one} with this id`);
  const because = justificationOf(template);
  const { shape } = spec.data;
  const isOwn = (name: string): boolean => Object.hasOwn(shape, name) || !isWhy(name);
  const data = new Map([...fields].filter(([name]) => isOwn(name)));
  if (Object.hasOwn(shape, REASON) && !data.has(REASON) && because !== undefined)
    data.set(REASON, because);
  const command = { type, fields: [], data: Object.fromEntries(data), member: '' };
  const commands = aboutPart(settable, id, [command]);
  const asking = { settable, template, id, fields, plannedOn: () => commands };
  if (!settable.part) return { commands, asking };
  const there = await http.runtime.state(settable.definition, place.aggregate_id);
  return { commands, asking: await expectingPart(c, http, { asking, place, there }) };
};

/** `DELETE` of one resource: the command that leads to where it is deleted. */
export const remove = async (
  c: Ctx,
  http: Http,
  { reading, id }: { readonly reading: Reading; readonly id: string },
): Promise<Response> => {
  const { settable } = reading;
  const refused = noSuch({ name: settable.one }, id);
  if (refused) return problem(c, refused);
  const place = await placeOf(http, settable, id);
  const found = await deletionOf(c, http, { reading, id, place });
  if (isRefusal(found))
    return problem(c, journalled(c, http, { refusal: found, reading, id: place?.aggregate_id }));
  const { asking, commands } = found;
  const sent = await send(c, http, { asking, keyed: keyedOf(asking), commands });
  if (isRefusal(sent)) return problem(c, hinted(sent));
  return writtenAnswer(c, sent, { fields: [], ...(settable.part && { part_id: id }) });
};
