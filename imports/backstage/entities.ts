import {
  ImportError,
  type ImportNote,
  type SourceFile,
} from '../../src/operate/importing/importer.js';
import { cut } from '../cut.js';
import { readYaml, recordOf, stringsOf, type YamlDocument } from '../yaml-file.js';

const DEFAULT_NAMESPACE = 'default';

/** An entity of a catalogue, as far as it is read. */
export type Entity = {
  /** `component:default/payroll`, in lower case, as references have it. */
  readonly ref: string;
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly spec: Readonly<Record<string, unknown>>;
  readonly where: string;
  readonly at: (...path: readonly string[]) => string;
};

/** How Backstage lets things be called. */
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const NAME_MAX = 63;
const isName = (text: string): boolean => text.length <= NAME_MAX && NAME.test(text);

/** A reference in full: what it leaves out is the usual kind, and the namespace `default`. */
export const refOf = (text: string, kind: string): string => {
  const [, said, namespace, name] = /^(?:([^:/]+):)?(?:([^/]+)\/)?(.+)$/.exec(text.trim()) ?? [];
  return `${said ?? kind}:${namespace ?? DEFAULT_NAMESPACE}/${name ?? ''}`.toLowerCase();
};

/** The name at the end of a reference. */
export const nameIn = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

/** The documents of a file; of several, one that cannot be read is named, and left out. */
const documentsOf = (
  file: SourceFile,
  { alone, skipped }: { readonly alone: boolean; readonly skipped: ImportNote[] },
): readonly YamlDocument[] => {
  try {
    return readYaml(file);
  } catch (error) {
    if (alone || !(error instanceof ImportError)) throw error;
    const where = error.line === undefined ? error.file : `${error.file}:${error.line}`;
    const message = `the file is not imported: ${error.wrong}; expected ${error.expected}`;
    skipped.push({ where, kind: 'skipped', message });
    return [];
  }
};

/** The entities of a set of catalogue files; what is none is noted. */
export const readEntities = (
  files: readonly SourceFile[],
): { readonly entities: readonly Entity[]; readonly skipped: readonly ImportNote[] } => {
  const skipped: ImportNote[] = [];
  const found = new Map<string, Entity>();
  for (const file of files)
    for (const document of documentsOf(file, { alone: files.length === 1, skipped })) {
      const { value, where } = document;
      if (value === null || value === undefined) continue;
      const { apiVersion, kind, metadata, spec } = recordOf(value);
      const { name, title, description, tags, ...named } = recordOf(metadata);
      const namespace = named.namespace ?? DEFAULT_NAMESPACE;
      const skip = (message: string): void =>
        void skipped.push({ where: where(), kind: 'skipped', message });
      if (
        typeof apiVersion !== 'string' ||
        !apiVersion.includes('backstage.io') ||
        typeof kind !== 'string' ||
        typeof name !== 'string'
      ) {
        skip('not an entity of a catalogue: apiVersion, kind or metadata.name is missing');
        continue;
      }
      const odd = [kind, namespace, name].find((one) => typeof one !== 'string' || !isName(one));
      if (odd !== undefined) {
        skip(
          `"${cut(String(odd), NAME_MAX)}" is no name that Backstage allows, and the entity not imported: is it a template's skeleton?`,
        );
        continue;
      }
      const ref = refOf(`${kind}:${String(namespace)}/${name}`, kind);
      if (found.has(ref)) {
        skip(`${ref} stands at ${found.get(ref)!.where} already`);
        continue;
      }
      found.set(ref, {
        ref,
        kind: kind.toLowerCase(),
        name,
        spec: recordOf(spec),
        tags: stringsOf(tags),
        title: typeof title === 'string' && title.trim() !== '' ? title : name,
        description: typeof description === 'string' ? description.trim() : null,
        where: where(),
        at: where,
      });
    }
  return { entities: [...found.values()], skipped };
};
