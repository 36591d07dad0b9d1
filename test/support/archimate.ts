import { readArchimate } from '../../imports/archimate/index.js';
import type { Model } from '../../imports/model.js';

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const ARCHI = 'xmlns:archimate="http://www.archimatetool.com/archimate"';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file as Archi saves it; the lines stand in one folder, the first of them is line 3. */
export const nativeText = (
  lines: readonly string[],
  head = 'id="m1" version="5.0.0"',
  end = '',
): string =>
  [
    `<archimate:model ${XSI} ${ARCHI} name="M" ${head}>`,
    '<folder name="F" id="f1" type="other">',
    ...lines,
    `</folder>${end}</archimate:model>`,
  ].join('\n');

export const native = (...given: Parameters<typeof nativeText>): Model =>
  readArchimate([{ path: 'm.archimate', bytes: bytesOf(nativeText(...given)) }]);

/** An element with an id, by which it is called too unless it has a name. */
export const element = (type: string, id: string, name = id, content = ''): string =>
  `<element xsi:type="archimate:${type}" id="${id}" name="${name}">${content}</element>`;

/** A relationship, known as `source-type-target`. */
export const link = (type: string, source: string, target: string, more = ''): string =>
  `<element xsi:type="archimate:${type}Relationship" id="${source}-${type}-${target}" source="${source}" target="${target}" ${more}/>`;

export const property = (key: string, value: string): string =>
  `<property key="${key}" value="${value}"/>`;

/** A file of the exchange format. */
export const exchange = (version: 2 | 3, body: string): Model => {
  const namespace = `http://www.opengroup.org/xsd/archimate${version === 3 ? '/3.0/' : ''}`;
  const text = `<model xmlns="${namespace}" ${XSI} identifier="id-m1">${body}</model>`;
  return readArchimate([{ path: 'm.xml', bytes: bytesOf(text) }]);
};

/** A GRAFICO folder; roots are written without prefix and namespaces. */
export const grafico = (files: Readonly<Record<string, string>>): Model =>
  readArchimate(
    Object.entries(files).map(([path, text]) => ({
      path,
      bytes: bytesOf(text.replace(/^<(\w+)/, `<archimate:$1 ${XSI} ${ARCHI}`)),
    })),
  );

export const arrows = ({ relations }: Model): readonly string[] =>
  relations.map(({ source_key, type, target_key }) => `${source_key} ${type} ${target_key}`);
export const kinds = ({ elements }: Model): readonly string[] =>
  elements.map(({ key, kind }) => `${key} ${kind}`);
export const parents = ({ elements }: Model): readonly string[] =>
  elements.filter((one) => one.parent_key !== null).map((one) => `${one.key} < ${one.parent_key}`);
/** The kinds of what was skipped, but for the folder that every native sample has. */
export const skippedKinds = ({ skipped }: Model): readonly string[] =>
  skipped.map(({ kind }) => kind).filter((kind) => kind !== 'folders');
