import type { Operation, Parameter, Ref } from '../openapi/index.js';
import { type Route, templateOf } from './route.js';

const parametersOf = ({
  parameters = [],
  query = {},
}: Route): NonNullable<Operation['parameters']> => [
  ...parameters,
  ...Object.entries(query).map(
    ([name, { description, schema, required, shared }]): Parameter | Ref =>
      shared ?? { name, in: 'query', description, schema, ...(required && { required }) },
  ),
];

const operationOf = (route: Route): Operation | undefined => {
  const { id, tag, summary, answers, refusals, needs } = route;
  if (!id || !tag || !summary || !answers || !refusals) return undefined;
  return {
    ...route,
    id,
    tag,
    summary,
    answers,
    refusals,
    method: route.method.toLowerCase() as Operation['method'],
    path: route.describedAs ?? templateOf(route.path),
    parameters: parametersOf(route),
    ...(needs === 'open' && { open: true }),
  };
};

/** What is said of routes to those who use them. */
export function* operationsOf(routes: readonly Route[]): Iterable<Operation> {
  for (const route of routes) {
    if (route.describe) {
      yield* route.describe();
      continue;
    }
    const operation = operationOf(route);
    if (operation) yield operation;
  }
}
