import type { ImportNote, SourceFile } from '../../src/operate/importing/importer.js';
import { readYaml, recordOf, type YamlDocument } from '../yaml-file.js';

/** Compose's own tags: take what is here instead of what was there, or leave it away. */
const OVERRIDE = '!override';
const RESET = '!reset';
const TAGS = [OVERRIDE, RESET];
const OVERRIDING = /\.override(?=\.ya?ml$)/i;
const ENDING = /\.ya?ml$/i;
/** How far one service may extend another that extends another. */
const EXTENDS_MAX = 16;

type Fields = Readonly<Record<string, unknown>>;

export type Service = {
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly fields: Fields;
  readonly where: string;
  readonly at: (...path: readonly string[]) => string;
};

/** A file of a set, and what its first document holds. */
export type ComposeFile = {
  readonly file: SourceFile;
  readonly documents: readonly YamlDocument[];
};

/** @throws ImportError naming the line that is wrong */
export const readComposeFile = (file: SourceFile): ComposeFile => ({
  file,
  documents: readYaml(file, { tags: TAGS }),
});

/** The dependencies of a service as a map, in either way to write them. */
const dependenciesIn = (value: unknown): Fields =>
  Array.isArray(value)
    ? Object.fromEntries(value.map((name) => [String(name), {}]))
    : recordOf(value);

/** One service with what another file, or another service, says of it: fields of the second count. */
const merged = (before: Fields, more: Fields): Fields => ({
  ...before,
  ...more,
  ...((before.depends_on ?? more.depends_on) !== undefined && {
    depends_on: { ...dependenciesIn(before.depends_on), ...dependenciesIn(more.depends_on) },
  }),
});

const servicesOf = ({ file, documents: [document] }: ComposeFile): readonly Service[] =>
  Object.entries(recordOf(recordOf(document?.value).services)).map(([name, fields]) => ({
    key: name,
    name,
    file: file.path,
    fields: recordOf(fields),
    where: document!.where('services', name),
    at: (...path) => document!.where('services', name, ...path),
  }));

/** What stands and what is said instead, without what tags take away, in maps in maps, too. */
const tagged = (
  before: Fields,
  over: Fields,
  tagOf: (...path: readonly string[]) => string | undefined,
): readonly [Fields, Fields] => {
  const kept: Record<string, unknown> = { ...before };
  const said: Record<string, unknown> = { ...over };
  for (const [field, value] of Object.entries(over)) {
    const tag = tagOf(field);
    if (tag !== undefined) delete kept[field];
    if (tag === RESET) delete said[field];
    if (tag !== undefined || typeof value !== 'object' || !value || Array.isArray(value)) continue;
    // What depends on others is a list or a map, and merged as one; tags stand in maps alone.
    const within = field === 'depends_on' ? dependenciesIn(kept[field]) : recordOf(kept[field]);
    const [inner, more] = tagged(within, recordOf(value), (...path) => tagOf(field, ...path));
    if (field in kept) kept[field] = inner;
    said[field] = more;
  }
  return [kept, said];
};

/** What an overriding file makes of a service of the file that it overrides. */
const overridden = (
  before: Service,
  over: Service,
  document: YamlDocument,
): Service | undefined => {
  const tagOf = (...path: readonly string[]) => document.tagAt('services', over.name, ...path);
  if (tagOf() === RESET) return undefined;
  if (tagOf() === OVERRIDE) return over;
  const [kept, said] = tagged(before.fields, over.fields, tagOf);
  const at: Service['at'] = (...path) => (path[0]! in said ? over.at(...path) : before.at(...path));
  return { ...before, fields: merged(kept, said), at };
};

/** The services of a file with those of the file that overrides it. */
const withOverride = (base: ComposeFile, over: ComposeFile | undefined): readonly Service[] => {
  const [document] = over?.documents ?? [];
  const all = document?.tagAt('services');
  const services = new Map(all ? [] : servicesOf(base).map((one) => [one.name, one]));
  for (const one of over && all !== RESET ? servicesOf(over) : []) {
    const before = services.get(one.name);
    const isReset = document!.tagAt('services', one.name) === RESET;
    const own = isReset ? undefined : one;
    const after = before ? overridden(before, one, document!) : own;
    if (after) services.set(one.name, { ...after, file: base.file.path });
    else services.delete(one.name);
  }
  return [...services.values()];
};

/** The service that `extends` names in the same file; undefined = another file, or none. */
const extendedBy = ({ fields }: Service, all: ReadonlyMap<string, Service>) => {
  const { extends: said } = fields;
  const { service, file } = recordOf(said);
  const name = typeof said === 'string' ? said : file === undefined ? service : undefined;
  return typeof name === 'string' ? all.get(name) : undefined;
};

const withExtended = (
  services: readonly Service[],
  skip: (where: string, message: string) => void,
): readonly Service[] => {
  const all = new Map(services.map((one) => [one.name, one]));
  return services.map((service) => {
    if (service.fields.extends === undefined) return service;
    let { fields } = service;
    let at: Service | undefined = service;
    for (let depth = 0; at?.fields.extends !== undefined && depth < EXTENDS_MAX; depth++) {
      at = extendedBy(at, all);
      if (at) fields = merged(at.fields, fields);
    }
    if (!at || at.fields.extends !== undefined)
      skip(
        service.at('extends'),
        `extends of ${service.name} is not followed: the set has no such service in the same file`,
      );
    return { ...service, fields };
  });
};

/** Names that several projects have are told apart by their file. */
const keyed = (services: readonly Service[]): readonly Service[] => {
  const times = new Map<string, number>();
  for (const { name } of services) times.set(name, (times.get(name) ?? 0) + 1);
  return services.map((one) =>
    times.get(one.name)! > 1 ? { ...one, key: `${one.file}#${one.name}` } : one,
  );
};

/**
 * The services of a set of files, put together as Compose does: a file called `….override.yml`
 * says more of the services of the file beside it.
 */
export const servicesIn = (
  files: readonly ComposeFile[],
): { readonly services: readonly Service[]; readonly notes: readonly ImportNote[] } => {
  const notes: ImportNote[] = [];
  const baseName = (path: string): string => path.replace(OVERRIDING, '').replace(ENDING, '');
  const bases = new Set(
    files.filter(({ file }) => !OVERRIDING.test(file.path)).map(({ file }) => baseName(file.path)),
  );
  const overriding = new Map(
    files
      .filter(({ file: { path } }) => OVERRIDING.test(path) && bases.has(baseName(path)))
      .map((one) => [baseName(one.file.path), one]),
  );
  const over = new Set(overriding.values());
  for (const { file } of over)
    notes.push({
      where: file.path,
      kind: 'reading',
      message: 'the file is merged into the one that it overrides',
    });
  const services = files
    .filter((one) => !over.has(one))
    .flatMap((base) =>
      withExtended(
        withOverride(base, overriding.get(baseName(base.file.path))),
        (where, message) => void notes.push({ where, kind: 'skipped', message }),
      ),
    );
  return { services: keyed(services), notes };
};
