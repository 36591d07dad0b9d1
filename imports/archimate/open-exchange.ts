import { ImportError } from '../../src/operate/importing/importer.js';
import type { Limits } from './limits.js';
import { type Access, Collected, type Property, type Source, withoutPrefix } from './source.js';
import { childrenOf, shown, textOf, type XmlNode } from './xml.js';

/** The Open Group's namespaces: of version 3, and of 2. */
const VERSIONS: Readonly<Record<string, string>> = {
  'http://www.opengroup.org/xsd/archimate/3.0/': 'open-exchange-3',
  'http://www.opengroup.org/xsd/archimate': 'open-exchange-2',
};
const ACCESS: Readonly<Record<string, Access>> = {
  Access: 'unspecified',
  Read: 'read',
  Write: 'write',
  ReadWrite: 'read_write',
};
const accessOf = (said: string | undefined): Access =>
  said === undefined ? 'not_said' : (ACCESS[said] ?? 'unspecified');

/** Version 3 says name, version 2 label. */
const NAMES = ['name', 'label'] as const;
const ITEM_PARTS = new Set<string>([...NAMES, 'documentation', 'properties']);
const MODEL_PARTS = new Set([
  'name',
  'documentation',
  'properties',
  'metadata',
  'elements',
  'relationships',
  'organizations',
  'organization',
  'propertyDefinitions',
  'propertydefs',
  'views',
]);

/** Which version's namespace it is; undefined = another vocabulary. */
export const openExchangeVersion = (namespace: string): string | undefined => VERSIONS[namespace];

type Definitions = ReadonlyMap<string, string>;

const definitionsOf = (root: XmlNode): Definitions =>
  new Map(
    childrenOf(root, 'propertyDefinitions', 'propertydefs')
      .flatMap(({ children }) => children)
      .map((definition) => {
        const id = definition.attributes.get('identifier') ?? '';
        return [id, definition.attributes.get('name') ?? textOf(definition, 'name') ?? id];
      }),
  );

const propertiesOf = (node: XmlNode, definitions: Definitions): readonly Property[] =>
  childrenOf(node, 'properties').flatMap((properties) =>
    childrenOf(properties, 'property').map((property) => {
      const { attributes } = property;
      const reference =
        attributes.get('propertyDefinitionRef') ?? attributes.get('identifierref') ?? '';
      return {
        key: definitions.get(reference) ?? reference,
        value: textOf(property, 'value') ?? '',
      };
    }),
  );

class OpenExchange {
  readonly #into: Collected;
  readonly #path: string;
  readonly #definitions: Definitions;

  constructor(into: Collected, path: string, root: XmlNode) {
    this.#into = into;
    this.#path = path;
    this.#definitions = definitionsOf(root);
  }

  head(root: XmlNode): void {
    if (textOf(root, 'documentation') !== null)
      this.#leaveOut('model-text', 'the documentation of the model', root);
    for (const properties of childrenOf(root, 'properties'))
      this.#leaveOut('model-text', 'the properties of the model', properties);
    for (const child of root.children)
      if (!MODEL_PARTS.has(child.name))
        this.#leaveOut('not-understood', `<${shown(child.name)}> in the model`, child);
  }

  elements(root: XmlNode): void {
    for (const node of this.#items(root, 'elements', 'element')) {
      const item = this.#item(node);
      if (item) this.#into.concept(item);
    }
  }

  relationships(root: XmlNode): void {
    for (const node of this.#items(root, 'relationships', 'relationship')) {
      const item = this.#item(node);
      if (!item) continue;
      const { attributes } = node;
      this.#into.link({
        ...item,
        source: attributes.get('source') || null,
        target: attributes.get('target') || null,
        access: accessOf(attributes.get('accessType')),
      });
    }
  }

  /** Folders are items without a reference; views stand in diagrams in version 3. */
  views(root: XmlNode): void {
    const folders = (node: XmlNode): void => {
      for (const item of childrenOf(node, 'item')) {
        if (!item.attributes.has('identifierref') && !item.attributes.has('identifierRef'))
          this.#leaveOut('folders', 'folder', item, 'item');
        folders(item);
      }
    };
    for (const node of childrenOf(root, 'organizations', 'organization')) folders(node);
    for (const views of childrenOf(root, 'views'))
      for (const group of [views, ...childrenOf(views, 'diagrams')])
        for (const view of childrenOf(group, 'view'))
          this.#leaveOut('views', 'diagram', view, 'view');
  }

  #items(root: XmlNode, group: string, item: string): readonly XmlNode[] {
    const all = childrenOf(root, group).flatMap(({ children }) => children);
    for (const node of all)
      if (node.name !== item)
        this.#leaveOut('not-understood', `<${shown(node.name)}> in <${group}>`, node);
    return all.filter(({ name }) => name === item);
  }

  #item(node: XmlNode) {
    const type = node.attributes.get('xsi:type');
    if (!type) {
      this.#leaveOut('not-understood', `<${node.name}> without a type`, node);
      return undefined;
    }
    if (childrenOf(node, ...NAMES).length > 1)
      this.#leaveOut('languages', 'a name in another language; the first counts', node);
    for (const { name } of node.children)
      if (!ITEM_PARTS.has(name))
        this.#leaveOut('not-understood', `<${shown(name)}> in <${node.name}>`, node);
    return {
      id: node.attributes.get('identifier') || null,
      type: withoutPrefix(type),
      name: textOf(node, ...NAMES) ?? '',
      documentation: textOf(node, 'documentation'),
      properties: propertiesOf(node, this.#definitions),
      file: this.#path,
      line: node.line,
    };
  }

  #leaveOut(kind: string, what: string, { line }: XmlNode, counted?: string): void {
    this.#into.leaveOut(kind, what, `${this.#path}:${line}`, counted);
  }
}

/** Read a file of the Open Group's exchange format, version 2 or 3. */
export const readOpenExchange = (path: string, root: XmlNode, limits: Limits): Source => {
  if (root.name !== 'model')
    throw new ImportError({
      code: 'NOT_A_MODEL',
      file: path,
      line: root.line,
      wrong: `begins with <${shown(root.name)}>`,
      expected: 'a <model>',
    });
  const into = new Collected(limits.id);
  const reader = new OpenExchange(into, path, root);
  reader.head(root);
  reader.elements(root);
  reader.relationships(root);
  reader.views(root);
  return into.done({
    id: root.attributes.get('identifier') || null,
    name: textOf(root, ...NAMES) ?? '',
    format: openExchangeVersion(root.namespace)!,
    file: path,
  });
};
