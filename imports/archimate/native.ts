import { ImportError } from '../../src/operate/importing/importer.js';
import type { Limits } from './limits.js';
import { type Access, Collected, isLinkType, type Source, withoutPrefix } from './source.js';
import { shown, textOf, type XmlNode } from './xml.js';

/** Archi's own namespace, and the one of its first versions. */
export const NATIVE_NAMESPACES: ReadonlySet<string> = new Set([
  'http://www.archimatetool.com/archimate',
  'http://www.bolton.ac.uk/archimate',
]);
const DIAGRAMS = /^(ArchimateDiagramModel|DiagramModel|SketchModel|CanvasModel)$/;
/** The first version of Archi that writes ArchiMate 3. */
const ARCHIMATE_3_SINCE = 4;

/** Archi leaves out what is the default: an access that is not said writes. */
const ACCESS: Readonly<Record<string, Access>> = {
  '0': 'write',
  '1': 'read',
  '2': 'unspecified',
  '3': 'read_write',
};
const accessOf = (code: string | undefined): Access =>
  code === undefined ? 'write' : (ACCESS[code] ?? 'unspecified');

const at = (path: string, { line }: XmlNode): string => `${path}:${line}`;

/** The end of a relationship: its id as attribute, or in GRAFICO a child that refers to a file. */
const endOf = (node: XmlNode, end: 'source' | 'target'): string | null => {
  const id = node.attributes.get(end);
  if (id) return id;
  const href = node.children.find(({ name }) => name === end)?.attributes.get('href') ?? '';
  return href.slice(href.indexOf('#') + 1) || null;
};

const itemOf = (path: string, node: XmlNode, type: string) => ({
  id: node.attributes.get('id') || null,
  type,
  name: (node.attributes.get('name') ?? '').trim(),
  documentation:
    textOf(node, 'documentation') ?? (node.attributes.get('documentation')?.trim() || null),
  properties: node.children
    .filter(({ name }) => name === 'property' || name === 'properties')
    .map(({ attributes }) => ({
      key: attributes.get('key') ?? '',
      value: attributes.get('value') ?? '',
    })),
  file: path,
  line: node.line,
});

const ITEM_PARTS = new Set([
  'documentation',
  'property',
  'properties',
  'profiles',
  'source',
  'target',
  'sourceConnections',
  'sourceRelationships',
  'targetRelationships',
]);

const collectConcept = (into: Collected, path: string, node: XmlNode, type: string): void => {
  const where = at(path, node);
  for (const { name } of node.children)
    if (!ITEM_PARTS.has(name))
      into.leaveOut('not-understood', `<${shown(name)}> in <${shown(node.name)}>`, where);
  if (node.attributes.has('profiles') || node.children.some(({ name }) => name === 'profiles'))
    into.leaveOut('specializations', `the specialization of ${shown(type)}`, where);
  const item = itemOf(path, node, type);
  if (isLinkType(type))
    into.link({
      ...item,
      source: endOf(node, 'source'),
      target: endOf(node, 'target'),
      access: accessOf(node.attributes.get('accessType')),
    });
  else into.concept(item);
};

/** One element, relationship or diagram of a model that Archi wrote. */
export const collectItem = (
  into: Collected,
  path: string,
  node: XmlNode,
  type: string | undefined,
): void => {
  const where = at(path, node);
  if (!type) into.leaveOut('not-understood', `<${shown(node.name)}> without a type`, where);
  else if (DIAGRAMS.test(type)) into.leaveOut('views', 'diagram', where, type);
  else collectConcept(into, path, node, type);
};

/** What is said of the model as a whole. */
export const collectHead = (into: Collected, path: string, root: XmlNode): void => {
  const where = at(path, root);
  if (root.attributes.has('purpose') || textOf(root, 'purpose', 'documentation') !== null)
    into.leaveOut('model-text', 'the purpose of the model', where);
  for (const child of root.children) {
    const place = at(path, child);
    if (child.name === 'property' || child.name === 'properties')
      into.leaveOut('model-text', 'a property of the model', place);
    else if (child.name === 'profile' || child.name === 'profiles')
      into.leaveOut('specializations', 'the definition of a specialization', place);
    else if (!['folder', 'purpose', 'documentation', 'metadata'].includes(child.name))
      into.leaveOut('not-understood', `<${shown(child.name)}> in the model`, place);
  }
};

/** The model's own words about itself, for people. */
export const nativeFormat = (root: XmlNode): string => {
  const major = Number.parseInt(root.attributes.get('version') ?? '', 10);
  return major < ARCHIMATE_3_SINCE ? 'archimate-2' : 'archimate-3';
};

const collectFolder = (into: Collected, path: string, folder: XmlNode): void => {
  into.leaveOut('folders', 'folder', at(path, folder), 'folder');
  for (const node of folder.children) {
    const type = node.attributes.get('xsi:type');
    if (node.name === 'folder') collectFolder(into, path, node);
    else if (node.name === 'element')
      collectItem(into, path, node, type === undefined ? type : withoutPrefix(type));
    else if (node.name === 'documentation' || node.name === 'property')
      into.leaveOut('folders', `${node.name} of a folder`, at(path, node));
    else into.leaveOut('not-understood', `<${shown(node.name)}> in a folder`, at(path, node));
  }
};

/** Read a `.archimate` file of ArchiMate 2 or 3. */
export const readNative = (path: string, root: XmlNode, limits: Limits): Source => {
  if (root.name !== 'model')
    throw new ImportError({
      code: 'NOT_A_MODEL',
      file: path,
      line: root.line,
      wrong: `begins with <${shown(root.name)}>`,
      expected: 'a whole model; a single file of a GRAFICO folder is imported with its folder',
    });
  const into = new Collected(limits.id);
  collectHead(into, path, root);
  for (const child of root.children) if (child.name === 'folder') collectFolder(into, path, child);
  const { attributes } = root;
  return into.done({
    id: attributes.get('id') || null,
    name: attributes.get('name') ?? '',
    format: nativeFormat(root),
    file: path,
  });
};
