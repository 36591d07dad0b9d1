import type { Aggregate } from '../../core/aggregate.js';
import { choices } from '../../core/nearest.js';
import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { filterFields, reportSchema, viewSchema } from '../wire/view-fields.js';
import { answer, problem } from './answer.js';
import { describeView, VIEWS_INDEX } from './describe-views.js';
import { differenceAnswer } from './difference-answer.js';
import { Gate } from './gate.js';
import type { Ctx } from './http.js';
import { REPORTS_AT_ONCE, REPORTS_OF_ONE_MAX } from './limits.js';
import { listAnswer } from './list-answer.js';
import { LIST_PARAMETERS } from './list-query.js';
import { oncePerNode } from './once-per-node.js';
import type { Reads } from './reflected.js';
import { reportAnswer } from './report.js';
import { permissionOf, toList, toRead, toReadPast } from './requirements.js';
import { onReadSide, viewDocument } from './resource-routes.js';
import type { Route } from './route.js';

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

const gateOf = oncePerNode(() => new Gate(REPORTS_AT_ONCE, REPORTS_OF_ONE_MAX));
const viewsOf = oncePerNode(({ runtime, projections }) =>
  projections!.definitions.map((one) => described(one, runtime.registry.definitions)),
);

/** What `GET` below `/views/{name}` answers, once the projection is found. */
type Answering = (c: Ctx, http: Reads, projection: Projection) => Promise<Response> | Response;

const ofView = (answering: Answering) =>
  onReadSide((c, http) => {
    const named = projectionNamed(http, c.req.param('name')!);
    return isRefusal(named) ? problem(c, named) : answering(c, http, named.projection);
  });

const report: Answering = (c, http, projection) => {
  const name = c.req.param('report')!;
  if (!Object.hasOwn(projection.reports, name)) return problem(c, noReport(projection));
  return reportAnswer(c, http, { projection, name, gate: gateOf(http) });
};

/** The list and the documents of a projection that has a path of its own. */
const ownRoutes = (projection: Projection): readonly Route[] => {
  const { name, path } = projection;
  if (path === `views/${name}`) return [];
  const permission = () => permissionOf(projection);
  // With those under its name.
  const describe = () => [];
  return [
    {
      method: 'GET',
      path: `/${path}`,
      needs: toList(permission),
      describe,
      handler: onReadSide((c, http) => listAnswer(c, http, projection)),
    },
    {
      method: 'GET',
      path: `/${path}/:key`,
      needs: toRead(permission),
      describe,
      handler: onReadSide((c, http) => viewDocument(c, http, projection)),
    },
  ];
};

/**
 * `GET /views` and what is below it: every projection by its name, also those that have a path of
 * their own. What is below asks for what the projection asks for.
 */
export const viewRoutes = (projections: readonly Projection[]): readonly Route[] => {
  const permission = (c: Ctx) =>
    permissionOf(projections.find(({ name }) => name === c.req.param('name')));
  const route = { method: 'GET', describe: () => [] } as const;
  return [
    {
      method: 'GET',
      path: '/views',
      needs: toRead(() => 'read'),
      query: {},
      describe: () => (projections.length > 0 ? [VIEWS_INDEX] : []),
      handler: onReadSide((c, http) => answer(c, 200, { views: viewsOf(http) })),
    },
    {
      method: 'GET',
      path: '/views/:name',
      needs: toList(permission),
      *describe() {
        for (const projection of projections) yield* describeView(projection);
      },
      handler: ofView(listAnswer),
    },
    {
      ...route,
      path: '/views/:name/documents/:key',
      needs: toRead(permission),
      handler: ofView(viewDocument),
    },
    {
      ...route,
      path: '/views/:name/diff',
      needs: toReadPast(permission),
      handler: ofView((c, http, projection) =>
        differenceAnswer(c, http, { projection, gate: gateOf(http) }),
      ),
    },
    {
      ...route,
      path: '/views/:name/:report',
      needs: toRead(permission),
      handler: ofView(report),
    },
    ...projections.flatMap(ownRoutes),
  ];
};
