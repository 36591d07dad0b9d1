import { openApiOf } from '../openapi/index.js';
import type { Info } from './http.js';
import { operationsOf } from './operations-of.js';
import { type Defined, routesOf } from './routes-of.js';

/** The OpenAPI document of a node that has these definitions and projections. */
export const openApiDocument = ({ definitions, projections, info }: Defined & { info: Info }) =>
  openApiOf({
    definitions,
    info,
    operations: () => operationsOf(routesOf({ definitions, projections })),
  });
