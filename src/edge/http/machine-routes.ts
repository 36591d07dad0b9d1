import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { drawMachine, FORMATS, type Format } from '../../core/picture/index.js';
import { isRefusal } from '../../core/refusal.js';
import { answerSchema, DEFINED, inPath, inQuery, json, text } from '../openapi/index.js';
import { answer, answerText, problem } from './answer.js';
import { VARY } from './forms.js';
import type { Ctx, Http } from './http.js';
import { badQuery } from './query.js';
import type { Route } from './route.js';
import { definitionNamed } from './schema-routes.js';

const TYPES: Readonly<Record<Format, string>> = {
  svg: 'image/svg+xml',
  mermaid: 'text/vnd.mermaid; charset=utf-8',
  dot: 'text/vnd.graphviz; charset=utf-8',
  json: 'application/json',
};
/** A picture styles itself and does nothing else. */
const PICTURE = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };

const Machines = z.object({
  machines: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      statuses: z.array(z.string()),
      definition: z.string(),
      href: z.string(),
      formats: z.record(z.string(), z.string()),
    }),
  ),
});

const isFormat = (name: string): name is Format => (FORMATS as readonly string[]).includes(name);

const wanted = (c: Ctx): string =>
  c.req.query('format') ?? (c.req.header('accept')?.includes('image/svg+xml') ? 'svg' : 'json');

const describe = ({ name, summary, chart, hash }: Aggregate) => ({
  name,
  summary,
  statuses: Object.keys(chart.states),
  definition: hash,
  href: `/machines/${name}`,
  formats: Object.fromEntries(FORMATS.map((one) => [one, `/machines/${name}?format=${one}`])),
});

/** Drawn once: definitions do not change. */
const drawn = new WeakMap<Aggregate, Map<Format, string>>();

const draw = (definition: Aggregate, format: Format): string => {
  const pictures = drawn.get(definition) ?? new Map<Format, string>();
  drawn.set(definition, pictures);
  const body = pictures.get(format) ?? drawMachine(definition, format);
  pictures.set(format, body);
  return body;
};

const show = (c: Ctx, { runtime: { registry } }: Http): Response => {
  const named = definitionNamed(registry, c.req.param('name')!);
  if (isRefusal(named)) return problem(c, named);
  const format = wanted(c);
  if (!isFormat(format))
    return problem(c, badQuery('format', `expected one of ${FORMATS.join(', ')}`, 'ENUM'));
  const body = draw(named.definition, format);
  return answerText(c, TYPES[format], body, { ...VARY, ...(format === 'svg' && PICTURE) });
};

const ROUTE = { method: 'GET', needs: 'open', tag: 'Machines', refusals: DEFINED } as const;

/** The lifecycles, as data and as pictures. */
export const machineRoutes = (names: readonly string[]): readonly Route[] => [
  {
    ...ROUTE,
    path: '/machines',
    id: 'machines.list',
    summary: 'All lifecycles.',
    answers: { 200: json('All lifecycles.', answerSchema('Machines', Machines)) },
    handler: (c, { runtime: { registry } }) =>
      answer(c, 200, { machines: registry.definitions.map(describe) }),
  },
  {
    ...ROUTE,
    path: '/machines/:name',
    id: 'machines.get',
    summary: 'One lifecycle, as data or as a picture.',
    parameters: [
      inPath('name', { type: 'string', enum: names }),
      inQuery('format', 'How it is shown.', { type: 'string', enum: FORMATS }),
    ],
    answers: {
      200: {
        description: 'The lifecycle.',
        content: {
          'application/json': { schema: { type: 'object' } },
          ...text('', TYPES.svg, TYPES.mermaid, TYPES.dot).content,
        },
      },
    },
    handler: show,
  },
];
