import { Fault, refuse } from '../../core/refusal.js';
import type { JsonSchema } from '../../core/schema.js';
import { problemOf } from '../wire/problem.js';
import { Component } from './component.js';
import { placedAt, type Ref } from './json-schema.js';
import type { Operation, Parameter } from './operation.js';

/** What any request can be answered, whatever it is about. */
const ALWAYS = ['MALFORMED_COMMAND', 'REQUEST_TIMEOUT', 'RATE_LIMITED', 'HEADERS_TOO_LARGE'];
/** What is answered to whom may not do this, or is not known. */
const GUARDED = ['UNAUTHENTICATED', 'FORBIDDEN', 'CROSS_SITE', 'IDENTITY_PROVIDER_UNAVAILABLE'];
const INTERNAL = new Fault('INTERNAL', '');

const statusOf = (code: string): number =>
  problemOf(code === INTERNAL.code ? INTERNAL : refuse(code, ''), '').status;

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not right.',
  401: 'Nobody knows who asks.',
  403: 'Who asks may not do this. Nothing of the state shows.',
  404: 'There is no such thing.',
  408: 'The request did not arrive in time.',
  409: 'The state does not allow it, or another holds what is claimed. Nothing was written.',
  410: 'It was deleted, or what it goes on from was lost.',
  413: 'The body is too large.',
  415: 'The body is not declared as JSON.',
  422: 'A field or a rule of the domain is broken. Nothing was written.',
  429: 'Too many requests for this caller: wait as long as Retry-After says.',
  431: 'The path with its query and the headers are too large.',
  500: 'The program is wrong, not the request: tell support the trace_id.',
  502: 'Who should have taken it did not.',
  503: 'Not now: ask again, a command with the same command id.',
};
const RETRY_AFTER: ReadonlySet<number> = new Set([429, 503]);

/** An OpenAPI document while it is written: parts that are used often are kept once. */
export class Draft {
  readonly #schemas: Record<string, JsonSchema> = {};
  readonly #parameters: Record<string, Parameter> = {};
  readonly #responses: Record<string, object> = {};
  readonly #paths: Record<string, Record<string, unknown>> = {};
  readonly #families = new Map<string, Readonly<Record<string, Ref>>>();

  schema(name: string, schema: JsonSchema | (() => JsonSchema)): Ref {
    const $ref = `#/components/schemas/${name}`;
    this.#schemas[name] ??= placedAt(typeof schema === 'function' ? schema() : schema, $ref);
    return { $ref };
  }

  parameter(name: string, parameter: Parameter): Ref {
    this.#parameters[name] ??= parameter;
    return { $ref: `#/components/parameters/${name}` };
  }

  add(route: Operation): void {
    this.#keep(route);
    const { method, path, id, tag, summary, description, parameters, body, answers } = route;
    const operations = this.#paths[path] ?? {};
    this.#paths[path] = operations;
    if (operations[method]) throw new TypeError(`${method} ${path} is described twice`);
    operations[method] = {
      operationId: id,
      tags: [tag],
      summary,
      ...(description && { description }),
      ...(route.open && { security: [] }),
      ...(parameters?.length && { parameters }),
      ...(body && { requestBody: body }),
      responses: { ...answers, ...this.#refused(route) },
      ...route.traits,
    };
  }

  get parts() {
    return {
      paths: this.#paths,
      schemas: sorted(this.#schemas),
      parameters: sorted(this.#parameters),
      responses: sorted(this.#responses),
    };
  }

  /** Keep what is referred to, and what that refers to. */
  #keep(part: unknown): void {
    if (part instanceof Component) this.#keepComponent(part);
    else if (typeof part === 'object' && part !== null)
      Object.values(part).forEach(this.#keep, this);
  }

  #keepComponent(component: Component): void {
    const { kind, name, $ref } = component;
    const kept: Record<string, object> = kind === 'schemas' ? this.#schemas : this.#parameters;
    if (Object.hasOwn(kept, name)) return;
    const made = component.make();
    this.#keep(made);
    kept[name] = kind === 'schemas' ? placedAt(made as JsonSchema, $ref) : made;
  }

  /** A response per status, shared by all routes that are refused alike. */
  #refused({ refusals: { name, codes }, open }: Operation): Readonly<Record<string, Ref>> {
    const family = open ? `${name}.open` : name;
    const known = this.#families.get(family);
    if (known) return known;
    const byStatus = new Map<number, string[]>();
    for (const code of [...ALWAYS, ...(open ? [] : GUARDED), INTERNAL.code, ...codes]) {
      const status = statusOf(code);
      const before = byStatus.get(status) ?? [];
      if (!before.includes(code)) byStatus.set(status, [...before, code]);
    }
    const refused = Object.fromEntries(
      [...byStatus]
        .sort(([a], [b]) => a - b)
        .map(([status, all]) => {
          const key = `${family}.${status}`;
          this.#responses[key] ??= refusedAnswer(status, all);
          return [String(status), { $ref: `#/components/responses/${key}` }];
        }),
    );
    this.#families.set(family, refused);
    return refused;
  }
}

/** In the order of their names: where a route stands moves no part. */
const sorted = <T>(parts: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));

const refusedAnswer = (status: number, codes: readonly string[]): object => ({
  description: `${TITLES[status] ?? 'Refused.'} Codes: ${codes.join(', ')}.`,
  ...(RETRY_AFTER.has(status) && {
    headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
  }),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  'x-codes': codes,
});
