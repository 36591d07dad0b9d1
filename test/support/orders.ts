import { fc } from '@fast-check/vitest';
import { z } from 'zod';
import { actors } from '../../actors/index.js';
import type { Aggregate } from '../../src/core/aggregate.js';
import { creates } from '../../src/core/command.js';
import type { CommandSpec } from '../../src/core/message.js';

/** The ids of all there is: so few that they often meet. */
export const IDS = ['a', 'b', 'c'];
const PEOPLE = ['ann', 'bob'];
/** For a text of any form. */
const WORDS = [...IDS, 'active', 'public'];
/** For a text of some form: a few fit whatever it is. */
const FORMED = [
  '99.9%',
  '24/7',
  'daily',
  '15m',
  '7d',
  '30d',
  '1.0.0',
  '2.0.0',
  'https://a.example.org',
  'https://b.example.org/x',
  'ann@example.org',
  'bob@example.org',
];
const DATES = ['2025-06-30', '2026-06-30', '2027-06-30'];
const NUMBERS = [0, 0.5, 1, 2, 10];
const LENGTHS = { minLength: 80, maxLength: 160, size: 'max' } as const;

type Shape = {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly allOf?: readonly Shape[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
};

const wordsFor = ({ pattern, allOf = [] }: Shape): readonly string[] => {
  const forms = [pattern, ...allOf.map((one) => one.pattern)].filter((one) => one !== undefined);
  if (forms.length === 0) return WORDS;
  const fits = (word: string) => forms.every((one) => new RegExp(one).test(word));
  return IDS.every(fits) ? IDS : [...FORMED.filter(fits), ...FORMED].slice(0, IDS.length);
};

const numbersFor = ({ type, minimum, exclusiveMinimum, maximum }: Shape): readonly number[] =>
  NUMBERS.filter(
    (one) =>
      (type !== 'integer' || Number.isInteger(one)) &&
      one >= (minimum ?? one) &&
      one > (exclusiveMinimum ?? -1) &&
      one <= (maximum ?? one),
  );

/** Values that a schema takes, from so few words that they often meet. */
const valuesOf = (shape: Shape): fc.Arbitrary<unknown> => {
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map(valuesOf));
  if (shape.type === 'null') return fc.constant(null);
  if (shape.type === 'boolean') return fc.boolean();
  if (shape.type === 'number' || shape.type === 'integer')
    return fc.constantFrom(...numbersFor(shape));
  if (shape.items) return fc.array(valuesOf(shape.items), { minLength: 1, maxLength: 3 });
  if (shape.properties)
    return fc.record(
      Object.fromEntries(
        Object.entries(shape.properties).map(([key, one]) => [key, fieldOf(key, one)]),
      ),
    );
  if (shape.format === 'date') return fc.constantFrom(...DATES);
  if (shape.format === 'date-time') return fc.constant('2027-01-01T00:00:00Z');
  return fc.constantFrom(...wordsFor(shape));
};
/** The event to correct is the n-th of the aggregate, whatever its id will be. */
const fieldOf = (key: string, shape: Shape) =>
  key === 'corrects_event_id' ? fc.nat({ max: 9 }) : valuesOf(shape);

/** A command as it comes to the world: to one of a few aggregates, from a few words. */
export type Order = {
  readonly definition: Aggregate;
  readonly type: string;
  readonly id: string;
  readonly actor: string;
  readonly source: string;
  readonly data: Readonly<Record<string, unknown>>;
};

const shapeOf = ({ data }: CommandSpec): Shape => z.toJSONSchema(data, { io: 'input' }) as Shape;

/** Fields that must fit together, which chance would not find. */
const TOGETHER: Readonly<Record<string, readonly object[]>> = {
  CreateIntegration: IDS.map((id, index) => ({
    source_app_id: id,
    target_app_id: IDS[(index + 1) % IDS.length],
  })),
  CreateRelation: (
    [
      ['application', 'depends_on', 'application'],
      ['application', 'realizes', 'application_service'],
      ['application', 'stores_data_on', 'server'],
      ['application', 'reads', 'data_entity'],
      ['application_service', 'supports', 'business_capability'],
      ['integration', 'calls', 'application_interface'],
      ['organization', 'owns', 'application'],
      ['organization', 'owns', 'server'],
    ] as const
  ).map(([source_type, relation_type, target_type]) => ({
    source_type,
    relation_type,
    target_type,
  })),
};

const order = (definition: Aggregate, type: string, more: object = {}): fc.Arbitrary<Order> =>
  fc
    .record({
      definition: fc.constant(definition),
      type: fc.constant(type),
      id: fc.constantFrom(...IDS),
      actor: fc.constantFrom(...PEOPLE),
      source: fc.constantFrom('api', 'api', 'import'),
      data: valuesOf(shapeOf(definition.commands[type]!)) as fc.Arbitrary<Order['data']>,
      together: fc.constantFrom(...(TOGETHER[type] ?? [{}])),
      ...more,
    })
    .map(({ together, ...one }) => ({ ...one, data: { ...one.data, ...together } }));

/** First everything is created, under its own name and with nothing that is optional. */
const creations = actors.flatMap((one) => {
  const [type, spec] = Object.entries(one.commands).find(([, it]) => creates(one, it))!;
  const { properties = {}, required = [] } = shapeOf(spec);
  return IDS.map((id) => {
    const fields = required.map((key) => {
      const { [key]: shape = {} } = properties;
      const ids = wordsFor(shape).includes(id);
      return [
        key,
        shape.type === 'string' && !shape.enum && ids ? fc.constant(id) : valuesOf(shape),
      ];
    });
    return order(one, type, { id: fc.constant(id), data: fc.record(Object.fromEntries(fields)) });
  });
});

/** Then what is created gets its parts, each under the name of its whole. */
const PARTS: readonly (readonly [string, string, (id: string) => object])[] = [
  ['Application', 'OfferService', (id) => ({ service_id: id, name: id })],
  ['Application', 'ExposeInterface', (id) => ({ interface_id: id, name: id, protocol: 'tcp' })],
  ['Application', 'LinkInterfaceToService', (id) => ({ interface_id: id, service_id: id })],
];
const parts = PARTS.flatMap(([name, type, data]) =>
  IDS.map((id) =>
    order(actors.find((one) => one.name === name)!, type, {
      id: fc.constant(id),
      data: fc.constant(data(id)),
    }),
  ),
);

/** Then anything happens: endings less often, what needs a history or another aggregate more often. */
const weightOf = (type: string, { boundaries, references, approval }: CommandSpec): number => {
  if (/^(Delete|Decommission|Cancel)/.test(type)) return 2;
  const often = boundaries || references || approval || /^(Remove|Transition|Unlink)/.test(type);
  return often ? 12 : 4;
};
const anything = actors.flatMap((one) =>
  Object.entries(one.commands).map(([type, spec]) => ({
    arbitrary: order(one, type),
    weight: weightOf(type, spec),
  })),
);

/** A life of the world: everything is created, then anything happens. */
export const orders: fc.Arbitrary<readonly Order[]> = fc
  .tuple(fc.tuple(...creations, ...parts), fc.array(fc.oneof(...anything), LENGTHS))
  .map(([first, then]) => [...first, ...then]);
