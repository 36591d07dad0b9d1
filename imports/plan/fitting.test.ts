import { describe, expect, it } from 'vitest';
import { actors } from '../../actors/index.js';
import { LIST_MAX } from '../../src/core/list-field.js';
import { problemOf } from '../../src/edge/wire/problem.js';
import type { Landscape, Plan } from '../../src/operate/importing/importer.js';
import { landscapeOf } from '../../src/operate/importing/landscape.js';
import { commandsOf, runPlan } from '../../src/operate/importing/run-plan.js';
import { toRuntime } from '../../src/operate/importing/send.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import { memoryStore } from '../../src/write/store/memory-store.js';
import type { Model, ModelElement, ModelRelation } from '../model.js';
import { compareModel } from './compare.js';

const OVER = 7;
const numbered = (name: string, count = LIST_MAX + OVER): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name} ${at}`);

const element = (kind: ModelElement['kind'], name: string, more = {}): ModelElement => ({
  key: name,
  kind,
  name,
  description: null,
  parent_key: null,
  fields: {},
  where: 'w',
  ...more,
});
const relation = (type: string, source_key: string, target_key: string): ModelRelation => ({
  key: `${source_key}-${target_key}`,
  type,
  source_key,
  target_key,
  fields: {},
  where: 'w',
});
const modelOf = (
  elements: readonly ModelElement[],
  relations: readonly ModelRelation[] = [],
): Model => ({
  source: 's',
  format: 'f',
  elements,
  relations,
  skipped: [],
  notes: [],
  counts: {},
});
const planOf = (model: Model, data?: Readonly<Record<string, unknown>>): Promise<Plan> => {
  const landscape: Landscape = {
    holder: async () => undefined,
    state: async () =>
      data
        ? { presence: 'present', status: 'active', data }
        : { presence: 'absent', status: 'unborn', data: {} },
    events: async () => [],
    identity: (_, __, { source_id, target_id }) => `${source_id}/${target_id}`,
  };
  return compareModel(model, landscape, { because: 'import', earlier: [] });
};
const sent = (plan: Plan, type: string): number =>
  [...commandsOf(plan)].filter(({ command_type }) => command_type === type).length;
const unfitting = ({ notes }: Plan): readonly string[] =>
  notes.filter(({ kind }) => kind === 'does-not-fit').map(({ message }) => message);

describe('what does not fit a list', () => {
  it('is told before anything is sent, with what it leads to, and nothing is refused', async () => {
    const store = memoryStore();
    const log = { warn: () => {}, error: () => {} };
    const runtime = new Runtime({ definitions: actors, store, log, clock: Date.now });
    const model = modelOf(
      [
        ...['Payroll', 'Portal'].map((name) => element('application', name)),
        ...numbered('Pay').map((name) => element('service', name, { parent_key: 'Payroll' })),
      ],
      [relation('uses', 'Portal', `Pay ${LIST_MAX}`), relation('uses', 'Portal', 'Pay 0')],
    );
    const landscape = landscapeOf(runtime, store, new AbortController().signal);
    const plan = await compareModel(model, landscape, { because: 'import', earlier: [] });
    const why = `Application "Payroll" may have ${LIST_MAX} services`;
    expect(unfitting(plan)).toEqual(
      Array.from(
        { length: OVER },
        (_, at) => `service "Pay ${LIST_MAX + at}" is not imported: ${why}`,
      ),
    );
    expect(plan.notes).toContainEqual({
      where: 'w',
      kind: 'dangling',
      message: `relation Portal uses Pay ${LIST_MAX} is not imported: Pay ${LIST_MAX} is not imported: ${why}`,
    });
    const by = { correlation_id: 'c', actor: 'ann', actor_type: 'user', because: 'b' } as const;
    const sending = { onSent: () => {}, onLine: () => {}, registry: runtime.registry };
    const send = toRuntime(runtime, problemOf);
    const told = await runPlan(plan, { ...sending, send, papers: { ...by, clock: Date.now } });
    expect(told).toMatchObject({ accepted: LIST_MAX + 3, refused: 0, left_out: 0 });
    const again = await compareModel(model, landscape, { because: 'import', earlier: [] });
    expect([[...commandsOf(again)], unfitting(again)]).toEqual([[], unfitting(plan)]);
  });

  it('is named, boundedly: terms, and what an application is deployed on', async () => {
    const servers = numbered('s').map((name) => element('server', name));
    const terms = element('data_entity', 'Person', { fields: { glossary_terms: numbered('t') } });
    const plan = await planOf(
      modelOf(
        [terms, element('application', 'Payroll'), ...servers],
        servers.map(({ key }) => relation('deployed_on', 'Payroll', key)),
      ),
    );
    expect([sent(plan, 'AddGlossaryTerm'), sent(plan, 'AssignToServer')]).toEqual([
      LIST_MAX,
      LIST_MAX,
    ]);
    const named = (of: string) => [0, 1, 2, 3, 4].map((at) => `"${of}${LIST_MAX + at}"`).join(', ');
    expect(unfitting(plan)).toEqual([
      `glossary_terms of DataEntity "Person": ${named('t ')} and 2 more are not imported: there may be ${LIST_MAX}`,
      `deployments of Application "Payroll": ${named('s-')} and 2 more are not imported: there may be ${LIST_MAX}`,
    ]);
  });

  it('fits where as much goes: that goes first', async () => {
    const before = numbered('t', LIST_MAX);
    const fields = { glossary_terms: ['new', ...before.slice(1)] };
    const plan = await planOf(modelOf([element('data_entity', 'Person', { fields })]), {
      name: 'Person',
      glossary_terms: before,
    });
    expect([...commandsOf(plan)].map(({ command_type }) => command_type)).toEqual([
      'RemoveGlossaryTerm',
      'AddGlossaryTerm',
    ]);
    expect(unfitting(plan)).toEqual([]);
  });
});
