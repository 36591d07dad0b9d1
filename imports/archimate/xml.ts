import { SaxesParser, type SaxesTagNS } from 'saxes';
import { ImportError, type SourceFile } from '../../src/operate/importing/importer.js';
import { cut } from '../cut.js';
import { decode, type FileKind } from '../decode.js';
import { LIMITS, type Limits } from './limits.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XML = 'http://www.w3.org/XML/1998/namespace';
const SHOWN_MAX = 80;
export const XML_FILE: FileKind = {
  name: 'XML',
  zip: [
    'is a zip archive, as Archi saves models that hold images',
    'the model.xml inside it: unzip it and import that file',
  ],
};

/** A tag with what is in it. */
export type XmlNode = {
  /** Without prefix. */
  readonly name: string;
  readonly namespace: string;
  /** By name; `xsi:type` and `xml:lang` with these prefixes, whatever the file calls them. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  readonly text: string;
  readonly line: number;
};
type OpenNode = XmlNode & { readonly children: XmlNode[]; text: string };

/** A value from a file, as it can be put into a message. */
export const shown = (value: string): string =>
  value.length > SHOWN_MAX ? `${cut(value, SHOWN_MAX)}…` : value;

/** The text of the first child of that name; null = there is none, or it is empty. */
export const textOf = (node: XmlNode, ...names: readonly string[]): string | null =>
  node.children.find(({ name }) => names.includes(name))?.text.trim() || null;

/** All children of these names. */
export const childrenOf = (node: XmlNode, ...names: readonly string[]): readonly XmlNode[] =>
  node.children.filter(({ name }) => names.includes(name));

const attributesOf = (tag: SaxesTagNS): ReadonlyMap<string, string> => {
  const attributes = new Map<string, string>();
  for (const { uri, local, value } of Object.values(tag.attributes)) {
    if (uri === '') attributes.set(local, value);
    else if (uri === XSI) attributes.set(`xsi:${local}`, value);
    else if (uri === XML) attributes.set(`xml:${local}`, value);
    else if (uri !== XMLNS) attributes.set(`{${uri}}${local}`, value);
  }
  return attributes;
};

/** A declaration may only name what the bytes were found to be. */
const agrees = (declared: string, encoding: string): boolean => {
  const name = declared.toLowerCase();
  if (encoding === 'utf-8') return ['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(name);
  return name === 'utf-16' || name === encoding;
};

class Reading {
  readonly #file: string;
  readonly #limits: Limits;
  readonly #leaveOut: ReadonlySet<string>;
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #open: OpenNode[] = [];
  #root: XmlNode | undefined;
  #tags = 0;
  #attributes = 0;
  #depth = 0;
  /** How deep the tag is whose content is left out. */
  #leftOutAt: number | undefined;
  #line = 1;

  constructor(file: string, leaveOut: ReadonlySet<string>, limits: Limits) {
    this.#file = file;
    this.#leaveOut = leaveOut;
    this.#limits = limits;
  }

  read(text: string, encoding: string): XmlNode {
    const parser = this.#parser;
    parser.on('error', ({ message }) => this.#notWellFormed(message));
    parser.on('doctype', () => this.#refuseDoctype());
    parser.on('xmldecl', (declaration) => this.#checkEncoding(declaration.encoding, encoding));
    parser.on('opentagstart', () => this.#start());
    parser.on('attribute', () => this.#countAttribute());
    parser.on('opentag', (tag) => this.#enter(tag));
    parser.on('closetag', () => this.#leave());
    parser.on('text', (piece) => this.#append(piece));
    parser.on('cdata', (piece) => this.#append(piece));
    parser.write(text).close();
    return this.#root!;
  }

  #refuse(code: string, wrong: string, expected: string): never {
    throw new ImportError({ code, file: this.#file, line: this.#parser.line, wrong, expected });
  }

  #notWellFormed(message: string): never {
    const { column } = this.#parser;
    const what = message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    return this.#refuse(
      'NOT_WELL_FORMED',
      `is not well-formed XML: ${shown(what)} (column ${column})`,
      'an XML file as a modelling tool saves it',
    );
  }

  #refuseDoctype(): never {
    return this.#refuse(
      'DOCTYPE_REFUSED',
      'declares a document type, which may define entities',
      'XML without <!DOCTYPE …>: remove it; no modelling tool writes one',
    );
  }

  #checkEncoding(declared: string | undefined, encoding: string): void {
    if (declared === undefined || agrees(declared, encoding)) return;
    this.#refuse(
      'ENCODING_NOT_SUPPORTED',
      `says that it is in ${shown(declared)} and was read as ${encoding.toUpperCase()}`,
      'UTF-8, or UTF-16 with a byte order mark: save it anew in UTF-8',
    );
  }

  #start(): void {
    const { line, column } = this.#parser;
    // A name that ends with its line has been read to the next one.
    this.#line = column === 0 ? line - 1 : line;
    this.#attributes = 0;
    this.#depth += 1;
    if (this.#depth > this.#limits.depth)
      this.#refuse('TOO_DEEP', `has tags ${this.#depth} deep`, `at most ${this.#limits.depth}`);
  }

  #countAttribute(): void {
    this.#attributes += 1;
    const max = this.#limits.attributes;
    if (this.#attributes > max)
      this.#refuse('TOO_MANY_ATTRIBUTES', 'has a tag with too many attributes', `at most ${max}`);
  }

  #enter(tag: SaxesTagNS): void {
    if (this.#leftOutAt !== undefined) return;
    this.#tags += 1;
    const max = this.#limits.tags;
    if (this.#tags > max) this.#refuse('TOO_MANY_TAGS', 'has too many tags', `at most ${max}`);
    const node: OpenNode = {
      name: tag.local,
      namespace: tag.uri,
      attributes: attributesOf(tag),
      children: [],
      text: '',
      line: this.#line,
    };
    this.#open.at(-1)?.children.push(node);
    this.#open.push(node);
    this.#root ??= node;
    if (this.#leaveOut.has(tag.local)) this.#leftOutAt = this.#depth;
  }

  #leave(): void {
    const depth = this.#depth;
    this.#depth -= 1;
    if (this.#leftOutAt !== undefined && depth > this.#leftOutAt) return;
    this.#leftOutAt = undefined;
    this.#open.pop();
  }

  #append(piece: string): void {
    const node = this.#open.at(-1);
    if (node && this.#leftOutAt === undefined) node.text += piece;
  }
}

/**
 * The root of an XML file. Tags named in `leaveOut` are kept without what is in them. Entities
 * other than XML's own five, document types and whatever exceeds the limits are refused.
 *
 * @throws ImportError
 */
export const readXml = (
  file: SourceFile,
  leaveOut: ReadonlySet<string>,
  limits: Limits = LIMITS,
): XmlNode => {
  const { bytes } = limits;
  if (file.bytes.length > bytes)
    throw new ImportError({
      code: 'TOO_LARGE',
      file: file.path,
      wrong: `has ${file.bytes.length} bytes`,
      expected: `at most ${bytes}`,
    });
  const { text, encoding } = decode(file, XML_FILE);
  return new Reading(file.path, leaveOut, limits).read(text, encoding);
};
