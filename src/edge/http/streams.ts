import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Inspection } from '../../write/store/inspection.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { MESSAGES_PAGE, MESSAGES_PAGE_MAX } from './limits.js';
import { refuseUnknown, wholeNumber } from './query.js';
import type { Routes } from './route-list.js';

export const NO_STREAMS = refuse('NOT_FOUND', 'this node stands on no NATS that could be shown');

const unknownStream = async (inspection: Inspection): Promise<Refusal> => {
  const streams = (await inspection.streams()).map(({ name }) => name);
  return refuse('NOT_FOUND', `there is no such stream; there are ${streams.join(', ')}`, {
    details: { streams },
  });
};

const page = async (c: Ctx, inspection: Inspection): Promise<Response> => {
  const unknown = refuseUnknown(c, ['from', 'limit']);
  if (unknown) return problem(c, unknown);
  const from = wholeNumber(c, 'from', { min: 1, max: Number.MAX_SAFE_INTEGER, otherwise: 1 });
  if (isRefusal(from)) return problem(c, from);
  const limit = wholeNumber(c, 'limit', {
    min: 1,
    max: MESSAGES_PAGE_MAX,
    otherwise: MESSAGES_PAGE,
  });
  if (isRefusal(limit)) return problem(c, limit);
  const stream = c.req.param('name')!;
  const found = await inspection.messages(stream, from.number, limit.number);
  if (!found) return problem(c, await unknownStream(inspection));
  return answer(c, 200, { stream, ...found });
};

/** `/streams`: the streams of Stele and who reads them. Nothing here deletes or purges. */
export const streamRoutes = (app: Routes, { operations }: Http): void => {
  app.get('/streams', async (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    if (!operations) return problem(c, NO_STREAMS);
    return answer(c, 200, { streams: await operations.inspection.streams() });
  });
  app.get('/streams/:name', async (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    if (!operations) return problem(c, NO_STREAMS);
    const stream = await operations.inspection.stream(c.req.param('name'));
    return stream ? answer(c, 200, stream) : problem(c, await unknownStream(operations.inspection));
  });
};

/** `/streams/{name}/messages`: what stands in one, as it was written. */
export const messageRoutes = (app: Routes, { operations }: Http): void => {
  app.get('/streams/:name/messages', (c) =>
    operations ? page(c, operations.inspection) : problem(c, NO_STREAMS),
  );
};
