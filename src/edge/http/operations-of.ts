import type { Description, Operation, Parameter, Ref } from '../openapi/index.js';
import type { Query } from './query-parameter.js';
import { type Described, type Route, templateOf } from './route.js';

const parametersOf = ({
  parameters = [],
  query = {},
}: Pick<Description, 'parameters'> & { readonly query?: Query }): readonly (Parameter | Ref)[] => [
  ...parameters,
  ...Object.entries(query).map(
    ([name, { description, schema, required, shared }]): Parameter | Ref =>
      shared ?? { name, in: 'query', description, schema, ...(required && { required }) },
  ),
];

const describedBy = (route: Route): Iterable<Described> => {
  if (route.describe) return route.describe();
  const { id, tag, summary, description, body, answers, refusals, traits } = route;
  return [
    {
      id,
      tag,
      summary,
      path: route.describedAs ?? templateOf(route.path),
      parameters: parametersOf(route),
      answers,
      refusals,
      ...(description !== undefined && { description }),
      ...(body && { body }),
      ...(traits && { traits }),
    },
  ];
};

/** What is said of routes to those who use them. */
export function* operationsOf(routes: readonly Route[]): Iterable<Operation> {
  for (const route of routes)
    for (const described of describedBy(route))
      yield {
        path: templateOf(route.path),
        ...described,
        method: route.method.toLowerCase() as Operation['method'],
        ...(route.needs === 'open' && { open: true }),
      };
}
