import type { Aggregate } from '../../core/aggregate.js';
import { drawMachine, FORMATS, type Format } from '../../core/picture/index.js';
import { answer, answerText, problem } from './answer.js';
import { VARY } from './forms.js';
import type { Ctx, Http } from './http.js';
import { badQuery } from './query.js';
import type { Routes } from './route-list.js';
import { definitionNamed } from './schemas.js';

const TYPES: Readonly<Record<Format, string>> = {
  svg: 'image/svg+xml',
  mermaid: 'text/vnd.mermaid; charset=utf-8',
  dot: 'text/vnd.graphviz; charset=utf-8',
  json: 'application/json',
};
/** A picture styles itself and does nothing else. */
const PICTURE = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };

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

/** The lifecycles, as data and as pictures. Drawn once: definitions do not change. */
export const machineRoutes = (app: Routes, { runtime: { registry } }: Http): void => {
  const drawn = new Map<string, string>();
  app.get('/machines', (c) => answer(c, 200, { machines: registry.definitions.map(describe) }));
  app.get('/machines/:name', (c) => {
    const named = definitionNamed(registry, c.req.param('name'));
    if ('refused' in named) return problem(c, named);
    const format = wanted(c);
    if (!isFormat(format))
      return problem(c, badQuery('format', `expected one of ${FORMATS.join(', ')}`, 'ENUM'));
    const key = `${named.definition.name}/${format}`;
    const body = drawn.get(key) ?? drawMachine(named.definition, format);
    drawn.set(key, body);
    return answerText(c, TYPES[format], body, { ...VARY, ...(format === 'svg' && PICTURE) });
  });
};
