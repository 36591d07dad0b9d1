import {
  ImportError,
  type ImportNote,
  type SourceFile,
} from '../../src/operate/importing/importer.js';
import type { Fields, Model, ModelElement, ModelRelation } from '../model.js';
import { modelFormat } from '../model-format.js';
import { sourceNameOf, stringsOf } from '../yaml-file.js';
import { type Entity, nameIn, readEntities, refOf } from './entities.js';

const LIFECYCLES: Readonly<Record<string, string>> = {
  experimental: 'planned',
  production: 'active',
  deprecated: 'deprecated',
};
const PROTOCOLS: Readonly<Record<string, string>> = {
  openapi: 'rest',
  graphql: 'graphql',
  grpc: 'grpc',
};
const KEEPS_DATA = /database|db$|sql|cache|store|storage|bucket|s3|redis|index|queue|topic|stream/i;
const RUNS_PROGRAMS = /cluster|host|vm|machine|server|kubernetes|node/i;
const NOT_IMPORTED: Readonly<Record<string, string>> = {
  system: 'a system only groups: its components carry the tag system:<name>',
  user: 'people are not part of the landscape',
  location: 'it only names other files; those that were given are read',
};

type Reading = {
  readonly byRef: ReadonlyMap<string, Entity>;
  /** The components that provide an API, by their own word. */
  readonly providers: ReadonlyMap<string, readonly Entity[]>;
  readonly elements: ModelElement[];
  readonly relations: ModelRelation[];
  readonly skipped: ImportNote[];
};

/** The part of an API that is offered, beside the interface by which it is reached. */
const serviceOf = (ref: string): string => `${ref}#service`;

const ownerOf = ({ spec: { owner } }: Entity): Fields =>
  typeof owner === 'string' ? { owner: nameIn(refOf(owner, 'group')) } : {};

const skip = ({ skipped }: Reading, where: string, message: string): void =>
  void skipped.push({ where, kind: 'skipped', message });

const applicationFields = (entity: Entity, reading: Reading): Fields => {
  const { spec, tags, ref } = entity;
  const lifecycle = LIFECYCLES[String(spec.lifecycle).toLowerCase()];
  if (spec.lifecycle !== undefined && !lifecycle)
    skip(
      reading,
      entity.at('spec', 'lifecycle'),
      `lifecycle "${String(spec.lifecycle)}" of ${ref} is none of ${Object.keys(LIFECYCLES).join(', ')}`,
    );
  const more = [
    ...(typeof spec.type === 'string' ? [spec.type] : []),
    ...(typeof spec.system === 'string' ? [`system:${nameIn(refOf(spec.system, 'system'))}`] : []),
  ];
  return {
    ...ownerOf(entity),
    ...(lifecycle && { lifecycle }),
    tags: [...new Set([...tags, ...more])],
  };
};

const providersIn = (entities: readonly Entity[]): ReadonlyMap<string, readonly Entity[]> => {
  const providers = new Map<string, Entity[]>();
  for (const entity of entities)
    if (entity.kind === 'component')
      for (const ref of new Set(
        stringsOf(entity.spec.providesApis).map((text) => refOf(text, 'api')),
      )) {
        const known = providers.get(ref);
        if (known) known.push(entity);
        else providers.set(ref, [entity]);
      }
  return providers;
};

const readApi = (api: Entity, reading: Reading): void => {
  const { ref, title: name, description, where, spec } = api;
  const [provider, ...others] = reading.providers.get(ref) ?? [];
  if (!provider) {
    skip(reading, where, `${ref} is not imported: no component of the catalogue provides it`);
    return;
  }
  for (const other of others)
    skip(
      reading,
      other.at('spec', 'providesApis'),
      `${other.ref} provides ${ref}: ${provider.ref} does so already, and an interface belongs to one application`,
    );
  const protocol = PROTOCOLS[String(spec.type).toLowerCase()];
  const common = { name, where, parent_key: provider.ref };
  reading.elements.push(
    { ...common, key: serviceOf(ref), kind: 'service', description, fields: {} },
    {
      ...common,
      key: ref,
      kind: 'interface',
      description: null,
      fields: protocol ? { protocol } : {},
    },
  );
  reading.relations.push({
    key: `${ref}#serves`,
    type: 'serves',
    source_key: ref,
    target_key: serviceOf(ref),
    fields: {},
    where,
  });
};

const readElement = (entity: Entity, reading: Reading): void => {
  const { kind, ref: key, title: name, description, where, spec, tags } = entity;
  const parent = (one: unknown, of: string): string | null =>
    typeof one === 'string' ? refOf(one, of) : null;
  const common = { key, name, description, where, parent_key: null };
  if (kind === 'component')
    reading.elements.push({
      ...common,
      kind: 'application',
      fields: applicationFields(entity, reading),
    });
  else if (kind === 'api') readApi(entity, reading);
  else if (kind === 'resource')
    // What a component needs to run, by Backstage's own definition: databases, buckets, clusters.
    reading.elements.push({
      ...common,
      name: entity.name,
      description: null,
      kind: 'server',
      fields: {
        ...(typeof spec.type === 'string' && { platform: spec.type }),
        ...(tags.length > 0 && { tags }),
      },
    });
  else if (kind === 'domain')
    reading.elements.push({
      ...common,
      kind: 'business_capability',
      parent_key: parent(spec.subdomainOf, 'domain'),
      fields: {},
    });
  else if (kind === 'group')
    reading.elements.push({
      ...common,
      kind: 'organization',
      description: null,
      parent_key: parent(spec.parent, 'group'),
      fields: {},
    });
  else
    skip(
      reading,
      where,
      `${key} is not imported: ${NOT_IMPORTED[kind] ?? `kind ${kind} has no place in the landscape`}`,
    );
};

type Arrow = { readonly from: Entity; readonly to: Entity; readonly where: string };

/** The relation that "depends on" is, by what it leads to. */
const dependency = ({ from, to, where }: Arrow, reading: Reading): void => {
  const relate = (type: string, target_key = to.ref): void =>
    void reading.relations.push({
      key: `${from.ref} ${type} ${to.ref}`,
      type,
      source_key: from.ref,
      target_key,
      fields: {},
      where,
    });
  const no = (why: string): void =>
    skip(reading, where, `${from.ref} dependsOn ${to.ref} is not imported: ${why}`);
  const type = String(to.spec.type);
  if (from.kind !== 'component') no(`${from.kind}s depend on nothing here`);
  else if (to.kind === 'component') relate('depends_on');
  else if (to.kind === 'api') relate('uses', serviceOf(to.ref));
  else if (to.kind === 'resource' && KEEPS_DATA.test(type)) relate('stores_data_on');
  else if (to.kind === 'resource' && RUNS_PROGRAMS.test(type)) relate('deployed_on');
  else no(`no relation fits a ${to.kind} of type "${type}"`);
};

const readRelations = (entity: Entity, reading: Reading): void => {
  const { spec, ref } = entity;
  const each = (
    field: string,
    kind: string,
    take: (other: Entity, where: string) => void,
  ): void => {
    for (const text of stringsOf(spec[field])) {
      const where = entity.at('spec', field);
      const other = reading.byRef.get(refOf(text, kind));
      if (other) take(other, where);
      else
        skip(
          reading,
          where,
          `${field} of ${ref} names ${refOf(text, kind)}, which is not in the catalogue`,
        );
    }
  };
  each('dependsOn', 'component', (to, where) => dependency({ from: entity, to, where }, reading));
  each('dependencyOf', 'component', (from, where) =>
    dependency({ from, to: entity, where }, reading),
  );
  each('consumesApis', 'api', (to, where) => dependency({ from: entity, to, where }, reading));
  each('subcomponentOf', 'component', (_, where) =>
    skip(reading, where, `${ref} is a part of another component: not imported`),
  );
  each('providesApis', 'api', () => {});
};

const readLocation = ({ at, spec }: Entity, files: ReadonlySet<string>, reading: Reading): void => {
  for (const target of [...stringsOf(spec.targets), ...stringsOf(spec.target)]) {
    const end = target.replace(/^\.\//, '');
    if (/^[a-z]+:\/\//i.test(target))
      skip(reading, at('spec'), `${target} is not fetched: only files that are given are read`);
    else if (!files.has(end))
      skip(reading, at('spec'), `${target} is not among the files that were given`);
  }
};

/** Every way to name the files of a set from within it: `a/b.yaml`, `b.yaml`. */
const namesOf = (files: readonly SourceFile[]): ReadonlySet<string> =>
  new Set(
    files.flatMap(({ path }) => {
      const parts = path.split('/');
      return parts.map((_, from) => parts.slice(from).join('/'));
    }),
  );

/** Read a catalogue. @throws ImportError when the files hold no entity */
export const readBackstage = (files: readonly SourceFile[]): Model => {
  const { entities, skipped } = readEntities(files);
  if (entities.length === 0)
    throw new ImportError({
      code: 'NO_ENTITIES',
      file: files[0]?.path ?? 'catalogue',
      wrong: `no file holds an entity${skipped[0] ? ` (${skipped[0].where}: ${skipped[0].message})` : ''}`,
      expected: 'catalog-info.yaml files with apiVersion backstage.io/…',
    });
  const byRef = new Map(entities.map((entity) => [entity.ref, entity]));
  const reading: Reading = {
    byRef,
    providers: providersIn(entities),
    elements: [],
    relations: [],
    skipped: [...skipped],
  };
  const counts: Record<string, number> = {};
  const paths = namesOf(files);
  for (const entity of entities) {
    counts[entity.kind] = (counts[entity.kind] ?? 0) + 1;
    readElement(entity, reading);
    if (entity.kind === 'location') readLocation(entity, paths, reading);
    else readRelations(entity, reading);
  }
  return {
    source: sourceNameOf(files, 'backstage'),
    format: 'backstage',
    counts,
    elements: reading.elements,
    relations: reading.relations,
    skipped: reading.skipped,
    notes: [
      'an API is read as a service that is offered and an interface that serves it',
      'a resource is read as a server, its type as the platform; environment and criticality are not in the source',
      'data_classification is not in the source; what is new gets "internal"',
    ].map((message) => ({ where: 'all files', kind: 'reading', message })),
  };
};

/** A Backstage software catalogue. */
export const backstage = modelFormat({
  name: 'backstage',
  summary: 'A Backstage catalogue: components, APIs, resources, domains and groups.',
  format: 'a catalog-info.yaml, or a folder with many',
  isPart: (path) => /\.ya?ml$/i.test(path),
  parse: readBackstage,
});
