import type { ImportNote, SourceFile } from '../importer.js';
import { ImportError } from '../importer.js';
import type { Model, ModelElement, ModelRelation } from '../model.js';
import { modelFormat } from '../model-format.js';
import { readYaml, recordOf, sourceNameOf, type YamlDocument } from '../yaml-file.js';

/** Images of programs that keep the data of others: read as servers, whoever runs them. */
const DATA_STORES =
  /(^|\/)(redis|valkey|memcached|postgres|postgis|mysql|mariadb|mongo|elasticsearch|opensearch|cassandra|couchdb|influxdb|minio|rabbitmq|kafka|nats)(?=$|[:@-])/i;

type Service = {
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly where: string;
  readonly at: (...path: readonly string[]) => string;
};

const isComposePart = (path: string): boolean => /(^|\/)(docker-)?compose[^/]*\.ya?ml$/i.test(path);

/** Run from an image that nobody in the set builds. */
const isDataStore = ({ fields: { image, build } }: Service): boolean =>
  build === undefined && typeof image === 'string' && DATA_STORES.test(image);

const servicesIn = (file: SourceFile, [document]: readonly YamlDocument[]): readonly Service[] => {
  const services = recordOf(recordOf(document?.value).services);
  return Object.entries(services).map(([name, fields]) => ({
    ...{ key: name, name, file: file.path, fields: recordOf(fields) },
    where: document!.where('services', name),
    at: (...path) => document!.where('services', name, ...path),
  }));
};

const elementOf = (service: Service): ModelElement => {
  const { key, name, where, fields } = service;
  const server = isDataStore(service);
  return {
    ...{ key, name, where, description: null, parent_key: null },
    kind: server ? 'server' : 'application',
    fields: server ? { platform: String(fields.image) } : {},
  };
};

/** The names that a service depends on, in either way to write it. */
const dependenciesOf = ({ fields: { depends_on } }: Service): readonly string[] =>
  Array.isArray(depends_on) ? depends_on.map(String) : Object.keys(recordOf(depends_on));

type Found = { readonly relations: ModelRelation[]; readonly skipped: ImportNote[] };

const relate = (
  service: Service,
  named: (name: string) => Service | undefined,
  { relations, skipped }: Found,
): void => {
  for (const name of dependenciesOf(service)) {
    const where = service.at('depends_on', name);
    const skip = (why: string): void =>
      void skipped.push({
        where,
        kind: 'skipped',
        message: `${service.name} depends_on ${name} is not imported: ${why}`,
      });
    const target = named(name);
    if (!target) skip('no file of this set has a service of that name');
    else if (isDataStore(service))
      skip(`${service.name} is read as a server, and servers depend on nothing`);
    else
      relations.push({
        key: `${service.key} depends_on ${target.key}`,
        type: isDataStore(target) ? 'stores_data_on' : 'depends_on',
        ...{ source_key: service.key, target_key: target.key, fields: {}, where },
      });
  }
};

/** Names that several files have are told apart by their file. */
const keyed = (services: readonly Service[]): readonly Service[] => {
  const times = new Map<string, number>();
  for (const { name } of services) times.set(name, (times.get(name) ?? 0) + 1);
  return services.map((one) =>
    times.get(one.name)! > 1 ? { ...one, key: `${one.file}#${one.name}` } : one,
  );
};

/** Read compose files as one landscape. @throws ImportError when none of them has services */
export const readCompose = (files: readonly SourceFile[]): Model => {
  const documents = files.map((file) => ({ file, read: readYaml(file) }));
  const services = keyed(documents.flatMap(({ file, read }) => servicesIn(file, read)));
  if (services.length === 0)
    throw new ImportError({
      ...{ code: 'NO_SERVICES', file: files[0]?.path ?? 'compose' },
      ...{
        wrong: 'no file has services',
        expected: 'docker-compose files with a "services" section',
      },
    });
  const found: Found = { relations: [], skipped: [] };
  for (const { file, read } of documents) {
    const [document, ...more] = read;
    const top = recordOf(document?.value);
    const skip = (message: string): void =>
      void found.skipped.push({ where: document?.where() ?? file.path, kind: 'skipped', message });
    if (more.length > 0) skip(`${more.length} documents after the first are not read`);
    if (top.include !== undefined) skip('include is not followed: give those files too');
    if (Object.keys(recordOf(top.services)).length === 0) skip('the file has no services');
  }
  for (const service of services) {
    const named = (name: string): Service | undefined => {
      const all = services.filter((one) => one.name === name);
      return (
        all.find(({ file }) => file === service.file) ?? (all.length === 1 ? all[0] : undefined)
      );
    };
    relate(service, named, found);
    if (service.fields.extends !== undefined)
      found.skipped.push({
        where: service.at('extends'),
        kind: 'skipped',
        message: `extends of ${service.name} is not followed`,
      });
  }
  const stores = services.filter(isDataStore).length;
  return {
    ...{ source: sourceNameOf(files, 'compose'), format: 'compose' },
    elements: services.map(elementOf),
    ...found,
    notes: [
      {
        where: 'all files',
        kind: 'reading',
        message: `${stores} services that run an image of a data store or a broker are read as servers, ${services.length - stores} others as applications`,
      },
      {
        where: 'all files',
        kind: 'reading',
        message:
          'depends_on is read as depends_on between applications, and as stores_data_on towards servers',
      },
    ],
    counts: {
      files: files.length,
      services: services.length,
      depends_on: services.reduce((sum, one) => sum + dependenciesOf(one).length, 0),
    },
  };
};

/** docker-compose files: one, or a folder of many. */
export const compose = modelFormat({
  name: 'compose',
  summary: 'docker-compose files: services as applications and servers, and what depends on what.',
  format: 'a compose file, or a folder with many',
  isPart: isComposePart,
  parse: readCompose,
});
