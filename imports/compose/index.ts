import type { ImportNote, SourceFile } from '../../src/operate/importing/importer.js';
import { ImportError } from '../../src/operate/importing/importer.js';
import type { Model, ModelElement, ModelRelation } from '../model.js';
import { modelFormat } from '../model-format.js';
import { recordOf, sourceNameOf } from '../yaml-file.js';
import { isDataStoreImage } from './data-stores.js';
import { readComposeFile, type Service, servicesIn } from './project.js';

const isComposePart = (path: string): boolean =>
  /^(docker-)?compose.*\.ya?ml$/is.test(path.slice(path.lastIndexOf('/') + 1));

/** Run from an image that nobody in the set builds. */
const isDataStore = ({ fields: { image, build } }: Service): boolean =>
  build === undefined && typeof image === 'string' && isDataStoreImage(image);

const elementOf = (service: Service): ModelElement => {
  const { key, name, where, fields } = service;
  const server = isDataStore(service);
  return {
    key,
    name,
    where,
    description: null,
    parent_key: null,
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
        source_key: service.key,
        target_key: target.key,
        fields: {},
        where,
      });
  }
};

/** The service that a name means in another's file, or the only one of that name. */
const naming = (services: readonly Service[]) => {
  const here = new Map(services.map((one) => [`${one.file}#${one.name}`, one]));
  const times = new Map<string, number>();
  for (const { name } of services) times.set(name, (times.get(name) ?? 0) + 1);
  const byName = new Map(services.map((one) => [one.name, one]));
  return ({ file }: Service, name: string): Service | undefined =>
    here.get(`${file}#${name}`) ?? (times.get(name) === 1 ? byName.get(name) : undefined);
};

/** Read compose files as one landscape. @throws ImportError when none of them has services */
export const readCompose = (files: readonly SourceFile[]): Model => {
  const read = files.map(readComposeFile);
  const { services, notes } = servicesIn(read);
  if (services.length === 0)
    throw new ImportError({
      code: 'NO_SERVICES',
      file: files[0]?.path ?? 'compose',
      wrong: 'no file has services',
      expected: 'docker-compose files with a "services" section',
    });
  const found: Found = {
    relations: [],
    skipped: notes.filter(({ kind }) => kind === 'skipped'),
  };
  for (const { file, documents } of read) {
    const [document, ...more] = documents;
    const top = recordOf(document?.value);
    const skip = (message: string): void =>
      void found.skipped.push({ where: document?.where() ?? file.path, kind: 'skipped', message });
    if (more.length > 0) skip(`${more.length} documents after the first are not read`);
    if (top.include !== undefined) skip('include is not followed: give those files too');
    if (Object.keys(recordOf(top.services)).length === 0) skip('the file has no services');
  }
  const named = naming(services);
  for (const service of services) relate(service, (name) => named(service, name), found);
  const stores = services.filter(isDataStore).length;
  return {
    source: sourceNameOf(files, 'compose'),
    format: 'compose',
    elements: services.map(elementOf),
    ...found,
    notes: [
      ...notes.filter(({ kind }) => kind !== 'skipped'),
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
