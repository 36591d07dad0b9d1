import type { Aggregate } from '../../core/aggregate.js';
import { choices } from '../../core/nearest.js';
import type { Projection } from '../../core/projection.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { filterFields, reportSchema, viewSchema } from '../../core/view-fields.js';
import { answer, problem } from './answer.js';
import { Gate } from './gate.js';
import type { Ctx, Http } from './http.js';
import { REPORTS_AT_ONCE, REPORTS_OF_ONE_MAX } from './limits.js';
import { listAnswer } from './list.js';
import { LIST_PARAMETERS } from './list-query.js';
import { refuseUnknown } from './query.js';
import type { Reads } from './reflected.js';
import { reportAnswer } from './report.js';
import { NO_READ_SIDE, viewDocument } from './resources.js';
import type { Routes } from './route-list.js';
import { differenceAnswer } from './view-difference.js';

/** A projection by its name, or the refusal that says which ones there are. */
export const projectionNamed = (
  { projections: { definitions } }: Pick<Reads, 'projections'>,
  name: string,
): { readonly projection: Projection } | Refusal => {
  const projection = definitions.find((one) => one.name === name);
  if (projection) return { projection };
  const names = definitions.map((one) => one.name);
  return refuse('NOT_FOUND', `there is no such projection${choices(name, names, 'there are')}`, {
    details: { projections: names },
  });
};

const noReport = ({ name, reports }: Projection): Refusal => {
  const names = Object.keys(reports);
  const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return refuse('NOT_FOUND', `${name} has no such report; ${there}`, {
    details: { reports: names },
  });
};

/** The path of the list of a projection, as it is told to people. */
const listPath = (projection: Projection, definitions: readonly Aggregate[]): string => {
  const shows = definitions.find(({ name }) => name === projection.resource);
  return shows ? `/${shows.plural}` : `/${projection.path}`;
};

const described = (projection: Projection, definitions: readonly Aggregate[]) => {
  const { name, summary, version, resource, sort, search, within, deleted } = projection;
  const base = `/views/${name}`;
  const list = listPath(projection, definitions);
  return {
    name,
    summary,
    version,
    resource,
    sources: projection.sources.map(({ slug }) => slug),
    fields: filterFields(projection).map((one) => ({
      ...one,
      ...(Object.hasOwn(within, one.name) && { within: within[one.name]!.projection }),
    })),
    search,
    sort,
    deleted,
    parameters: LIST_PARAMETERS,
    reports: Object.entries(projection.reports).map(([report, one]) => ({
      name: report,
      summary: one.summary,
      href: `${base}/${report}`,
      params: reportSchema(one),
    })),
    view: viewSchema(projection),
    links: {
      list,
      document: resource === null && list === base ? `${base}/documents/{key}` : `${list}/{id}`,
      diff: `${base}/diff`,
      status: `/projections/${name}`,
    },
  };
};

/** What `GET` below `/views/{name}` answers, once the projection is found. */
type Answering = (c: Ctx, projection: Projection) => Promise<Response> | Response;

/**
 * `GET /views` and what is below it: every projection by its name, also those that have a path of
 * their own.
 */
export const viewRoutes = (app: Routes, http: Http): void => {
  const { projections } = http;
  const reads = projections && { ...http, projections };
  const gate = new Gate(REPORTS_AT_ONCE, REPORTS_OF_ONE_MAX);
  const below = (path: string, answering: (reads: Reads) => Answering): void => {
    const found = reads && answering(reads);
    app.get(path, (c) => {
      if (!reads || !found) return problem(c, NO_READ_SIDE);
      const named = projectionNamed(reads, c.req.param('name')!);
      return 'refused' in named ? problem(c, named) : found(c, named.projection);
    });
  };
  let views: readonly object[] | undefined;
  app.get('/views', (c) => {
    if (!reads) return problem(c, NO_READ_SIDE);
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    // Made once: definitions do not change.
    views ??= reads.projections.definitions.map((one) =>
      described(one, http.runtime.registry.definitions),
    );
    return answer(c, 200, { views });
  });
  below('/views/:name', (all) => (c, one) => listAnswer(c, all, one));
  below('/views/:name/documents/:key', (all) => (c, one) => viewDocument(c, all, one));
  below(
    '/views/:name/diff',
    (all) => (c, projection) => differenceAnswer(c, all, { projection, gate }),
  );
  below('/views/:name/:report', (all) => (c, projection) => {
    const name = c.req.param('report')!;
    if (!Object.hasOwn(projection.reports, name)) return problem(c, noReport(projection));
    return reportAnswer(c, all, { projection, name, gate });
  });
  if (!reads) return;
  for (const projection of reads.projections.definitions)
    if (projection.path !== `views/${projection.name}`) {
      app.get(`/${projection.path}`, (c) => listAnswer(c, reads, projection));
      app.get(`/${projection.path}/:key`, (c) => viewDocument(c, reads, projection));
    }
};
