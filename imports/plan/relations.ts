import type {
  Chain,
  ImportNote,
  Landscape,
  PlannedCommand,
  Standing,
} from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import { cut } from '../cut.js';
import type { ElementKind, Fields, ModelRelation } from '../model.js';
import { type Making, planned } from './differences.js';
import { fitting } from './fitting.js';
import type { PlanSize } from './plan-size.js';
import type { Resolved, Wanted } from './resolve.js';
import { saidBy } from './settled.js';
import { checked } from './values.js';

const RELATION = 'Relation';
const CREATE = 'CreateRelation';
/** How many relations are looked up at once. */
const LOOK_UPS_AT_ONCE = 64;

const END_TYPES: Readonly<Record<ElementKind, string>> = {
  application: 'application',
  service: 'application_service',
  server: 'server',
  interface: 'application_interface',
  data_entity: 'data_entity',
  business_capability: 'business_capability',
  integration: 'integration',
  organization: 'organization',
};

/** A relation whose ends are found. */
export type Edge = {
  readonly relation: ModelRelation;
  readonly source: Wanted;
  readonly target: Wanted;
};
type Related = { readonly edges: readonly Edge[]; readonly notes: readonly ImportNote[] };

const spoken = ({ type, source_key, target_key }: ModelRelation): string =>
  `relation ${source_key} ${type} ${target_key}`;

/** Texts of a relation, what stands between two of them, and how long they may be together. */
const TEXTS = {
  label: { between: '; ', max: 255 },
  description: { between: '\n', max: 2000 },
} as const;

/** What one relation is made of: all that say the same type between the same ends. */
type Alike = { readonly edge: Edge; readonly texts: Readonly<Record<string, Set<unknown>>> };

const alike = (edge: Edge): Alike => ({
  edge,
  texts: Object.fromEntries(
    Object.keys(TEXTS).map((field) => [field, new Set([edge.relation.fields[field] ?? []].flat())]),
  ),
});

/** Take what another one says besides; whether there was anything. */
const takeTexts = ({ texts }: Alike, { fields }: ModelRelation): boolean => {
  let more = false;
  for (const [field, known] of Object.entries(texts)) {
    const text = fields[field];
    if (text === undefined || known.has(text)) continue;
    known.add(text);
    more = true;
  }
  return more;
};

const asOne = ({ edge, texts }: Alike, notes: ImportNote[]): Edge => {
  const { relation } = edge;
  const fields: Record<string, unknown> = { ...relation.fields };
  for (const [field, { between, max }] of Object.entries(TEXTS)) {
    const [first, ...others] = texts[field]!;
    const text = [first, ...others].join(between);
    // One alone is looked at with the other values.
    if (first !== undefined) fields[field] = others.length > 0 ? cut(text, max) : first;
    if (others.length > 0 && text.length > max)
      notes.push({
        where: relation.where,
        kind: 'shortened',
        message: `the ${field}s of ${spoken(relation)} have ${text.length} characters together; the first ${max} are imported`,
      });
  }
  return { ...edge, relation: { ...relation, fields } };
};

/**
 * The relations whose ends are in the landscape; what hangs loose is noted. Between two ends there
 * is one of a type: what several say of it is joined, which is noted too.
 */
export const connect = async (
  relations: readonly ModelRelation[],
  { wanted, lost }: Resolved,
): Promise<Related> => {
  const notes: ImportNote[] = [];
  const edges = new Map<string, Alike>();
  const turn = turns();
  for (const relation of relations) {
    await turn();
    const { source_key, target_key, type, where } = relation;
    const skip = (kind: string, why: string): void =>
      void notes.push({ where, kind, message: `${spoken(relation)} is not imported: ${why}` });
    const loose = [source_key, target_key].find((key) => !wanted.has(key));
    const ends = JSON.stringify([source_key, type, target_key]);
    const before = edges.get(ends);
    if (loose !== undefined)
      skip(
        'dangling',
        lost.has(loose) ? `${loose} is not imported: ${lost.get(loose)}` : `there is no ${loose}`,
      );
    else if (source_key === target_key) skip('skipped', 'both ends are the same');
    else if (before === undefined) {
      const [source, target] = [wanted.get(source_key)!, wanted.get(target_key)!];
      edges.set(ends, alike({ relation, source, target }));
    } else if (takeTexts(before, relation))
      notes.push({
        where,
        kind: 'joined-relation',
        message: `${spoken(relation)} is joined with that of ${before.edge.relation.where}, whose texts stand before its own`,
      });
    else skip('duplicate-relation', `${before.edge.relation.where} says the same`);
  }
  const joined: Edge[] = [];
  for (const one of edges.values()) {
    await turn();
    joined.push(asOne(one, notes));
  }
  return { edges: joined, notes };
};

/** What becomes of a relation: a fact of an application, a relation of its own, or nothing. */
export type Meaning = 'deployment' | 'link' | 'said' | 'relation';
export const meaningOf = ({ relation: { type }, source, target }: Edge): Meaning => {
  const [from, to] = [source.element.kind, target.element.kind];
  if (type === 'deployed_on' && from === 'application' && to === 'server') return 'deployment';
  const together = source.aggregate_id === target.aggregate_id;
  if (type === 'serves' && from === 'interface' && to === 'service' && together) return 'link';
  // That an application has them is said by offering and exposing them.
  const has = type === 'realizes' || type === 'exposes';
  if (has && from === 'application' && together) return 'said';
  return 'relation';
};

const evidence = (
  { source: { element: a }, target: { element: b } }: Edge,
  { type }: ModelRelation,
) => `${a.name} ${type} ${b.name}`;

const onDifferent = (
  address: Omit<PlannedCommand, 'command_type' | 'data'>,
  fields: Fields,
  now: Fields,
): readonly PlannedCommand[] => {
  const commands: PlannedCommand[] = [];
  const { description, label, effective_from, effective_to } = fields;
  if (description !== undefined && description !== (now.description ?? undefined))
    commands.push({ ...address, command_type: 'UpdateRelationDescription', data: { description } });
  if (label !== undefined && label !== (now.label ?? undefined))
    commands.push({ ...address, command_type: 'LabelRelation', data: { label } });
  const period = Object.fromEntries(
    Object.entries({ effective_from, effective_to }).filter(
      ([field, value]) => value !== undefined && value !== (now[field] ?? undefined),
    ),
  );
  if (Object.keys(period).length > 0)
    commands.push({ ...address, command_type: 'SetEffectivePeriod', data: period });
  return commands;
};

const KEY_OF: Readonly<Record<string, string>> = {
  UpdateRelationDescription: 'description',
  LabelRelation: 'label',
  SetEffectivePeriod: 'effective_period',
};

const chainOf = async (
  edge: Edge,
  standing: Standing,
  id: string,
  making: Making,
): Promise<Chain> => {
  const { relation, source, target } = edge;
  const { values, wrong } = checked(relation.fields);
  const about = `Relation "${evidence(edge, relation)}"`;
  for (const why of wrong)
    making.note({ where: relation.where, kind: 'not-imported', message: `${about}: ${why}` });
  const of = { aggregate_type: RELATION, aggregate_id: id };
  const address = { ...of, about, needs: [source.id, target.id, id] };
  if (standing.presence === 'present') {
    const sent: PlannedCommand[] = [];
    for (const command of onDifferent(address, values, standing.data)) {
      const by = await making.settled.byPeople(of, KEY_OF[command.command_type]!);
      if (by)
        making.note({
          where: relation.where,
          kind: 'kept',
          message: `${KEY_OF[command.command_type]} of ${about} is kept: changed by ${saidBy(by)}`,
        });
      else sent.push(command);
    }
    return sent;
  }
  const by = standing.presence === 'deleted' ? await making.settled.deletedByPeople(of) : undefined;
  if (by) {
    making.note({
      where: relation.where,
      kind: 'kept-deleted',
      message: `${about} is not imported: it was deleted by ${saidBy(by)}`,
    });
    return [];
  }
  const { description, label, confidence, evidence_source } = values;
  const more = Object.fromEntries(
    Object.entries({ description, label, confidence, evidence_source }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const data = { ...edgeData(edge), ...more };
  return [
    { ...address, command_type: CREATE, data, makes: id, needs: [source.id, target.id] },
    ...onDifferent(address, { ...values, description: undefined, label: undefined }, {}),
  ];
};

const edgeData = ({ relation, source, target }: Edge): Fields => ({
  source_id: source.id,
  source_type: END_TYPES[source.element.kind],
  target_id: target.id,
  target_type: END_TYPES[target.element.kind],
  relation_type: relation.type,
});

type Relating = {
  readonly landscape: Landscape;
  readonly making: Making;
  /** What is counted while it is made. */
  readonly size: PlanSize;
};

/** The commands for relations that are aggregates of their own. */
export const relationChains = async (
  edges: readonly Edge[],
  { landscape, making, size }: Relating,
): Promise<{ readonly chains: readonly Chain[]; readonly ids: ReadonlySet<string> }> => {
  const chains: Chain[] = [];
  const ids = new Set<string>();
  const turn = turns();
  for (let from = 0; from < edges.length; from += LOOK_UPS_AT_ONCE) {
    const some = edges.slice(from, from + LOOK_UPS_AT_ONCE);
    const made = some.map(async (edge): Promise<Chain> => {
      await turn();
      const id = landscape.identity(RELATION, CREATE, edgeData(edge))!;
      const first = !ids.has(id);
      ids.add(id);
      return first ? chainOf(edge, await landscape.state(RELATION, id), id, making) : [];
    });
    for (const chain of await Promise.all(made)) {
      size.add(chain);
      if (chain.length > 0) chains.push(chain);
    }
  }
  return { chains, ids };
};

type Deployment = { readonly server_id: string; readonly environment: string };

/** What applications are deployed on, and what their interfaces serve, as facts of theirs. */
export const factsOf = async (
  application: Wanted,
  edges: readonly Edge[],
  making: Making,
): Promise<readonly PlannedCommand[]> => {
  const commands: PlannedCommand[] = [];
  const added: Wanted[] = [];
  const now = (application.standing.data.deployments ?? []) as readonly Deployment[];
  const deployed = new Set(now.map(({ server_id }) => server_id));
  const servers = new Set<string>();
  const served = new Map<string, ReadonlySet<unknown>>();
  const servedBy = ({ id, current }: Wanted): ReadonlySet<unknown> => {
    const ids = served.get(id) ?? new Set((current?.serves_service_ids ?? []) as unknown[]);
    served.set(id, ids);
    return ids;
  };
  const turn = turns();
  for (const edge of edges) {
    await turn();
    const { source, target } = edge;
    if (meaningOf(edge) === 'deployment') {
      servers.add(target.id);
      if (!deployed.has(target.id)) added.push(target);
    } else {
      if (servedBy(source).has(target.id)) continue;
      const needs = [application.id, source.id, target.id];
      const data = { interface_id: source.id, service_id: target.id };
      commands.push(
        planned(application, { command_type: 'LinkInterfaceToService', data }, { needs }),
      );
    }
  }
  let there = now.length;
  for (const { server_id, environment } of application.current ? now : []) {
    if (servers.has(server_id)) continue;
    // What people deployed is none of the model's business.
    if (await making.settled.byPeople(application, `deployments/${server_id}/${environment}`))
      continue;
    const data = { server_id, environment, reason: making.because };
    commands.push(planned(application, { command_type: 'RemoveFromServer', data }));
    there--;
  }
  const { fit, note } = fitting(added, {
    there,
    list: `deployments of ${application.about}`,
    nameOf: ({ element: { name } }) => name,
    where: application.element.where,
  });
  if (note) making.note(note);
  for (const { id } of fit) {
    const change = { command_type: 'AssignToServer', data: { server_id: id } };
    commands.push(planned(application, change, { needs: [application.id, id] }));
  }
  return commands;
};
