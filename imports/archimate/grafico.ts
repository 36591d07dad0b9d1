import { ImportError, type SourceFile } from '../../src/operate/importing/importer.js';
import { LIMITS, type Limits } from './limits.js';
import { collectHead, collectItem, NATIVE_NAMESPACES, nativeFormat } from './native.js';
import { Collected, DRAWN, type Source } from './source.js';
import { readXml, shown, type XmlNode } from './xml.js';

const FOLDER_FILE = /(^|\/)folder\.xml$/;
const MODEL = 'ArchimateModel';

/** Folder files stand before what is in the folder, and files always in the same order. */
const inOrder = (files: readonly SourceFile[]): readonly SourceFile[] =>
  [...files].sort((a, b) => {
    const [one, other] = [a.path.replace(FOLDER_FILE, '$1'), b.path.replace(FOLDER_FILE, '$1')];
    return one < other ? -1 : one > other ? 1 : 0;
  });

const isNative = ({ namespace }: XmlNode): boolean => NATIVE_NAMESPACES.has(namespace);

/** Whether it is the file that stands at the top of a GRAFICO folder. */
export const isGraficoHead = (root: XmlNode): boolean => isNative(root) && root.name === MODEL;

type Head = { readonly file: SourceFile; readonly root: XmlNode };

/** The topmost folder file: next to it lies the model, below it are its folders. */
const findHead = (files: readonly SourceFile[], limits: Limits): Head => {
  const heads = files
    .filter(({ path }) => FOLDER_FILE.test(path))
    .map((file) => ({ file, root: readXml(file, DRAWN, limits) }))
    .filter(({ root }) => isGraficoHead(root));
  const [head, second] = heads;
  if (!head || second)
    throw new ImportError({
      code: second ? 'SEVERAL_MODELS' : 'NO_MODEL',
      file: second ? second.file.path : (files[0]?.path ?? 'folder'),
      wrong: second
        ? `is a second model beside ${head!.file.path}`
        : `is no model, and none of the ${files.length} files is the folder.xml of one`,
      expected: second
        ? 'one model: import each by itself'
        : 'an ArchiMate file, or a GRAFICO folder with model/folder.xml',
    });
  return head;
};

const collectFile = (into: Collected, file: SourceFile, limits: Limits): void => {
  const root = readXml(file, DRAWN, limits);
  const where = `${file.path}:${root.line}`;
  if (!isNative(root)) into.leaveOut('not-understood', `a file with <${shown(root.name)}>`, where);
  else if (root.name === 'Folder') into.leaveOut('folders', 'folder', where, 'folder');
  else collectItem(into, file.path, root, root.name);
};

/** Read a GRAFICO folder: one file per element, relationship and diagram. */
export const readGrafico = (all: readonly SourceFile[], limits: Limits = LIMITS): Source => {
  const head = findHead(inOrder(all), limits);
  const top = head.file.path.replace(FOLDER_FILE, '$1');
  const files = all.filter(({ path }) => path.startsWith(top));
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes > limits.bytes)
    throw new ImportError({
      code: 'TOO_LARGE',
      file: top || 'folder',
      wrong: `has ${bytes} bytes in ${files.length} files`,
      expected: `at most ${limits.bytes}`,
    });
  const into = new Collected(limits.id);
  collectHead(into, head.file.path, head.root);
  for (const file of inOrder(all)) {
    if (file === head.file) continue;
    if (!file.path.startsWith(top))
      into.leaveOut('files', `a file outside of ${top}`, `${file.path}:1`);
    else if (!file.path.endsWith('.xml'))
      into.leaveOut('files', 'a file that is not .xml', `${file.path}:1`);
    else collectFile(into, file, limits);
  }
  const { attributes } = head.root;
  return into.done({
    id: attributes.get('id') || null,
    name: attributes.get('name') ?? '',
    format: `grafico-${nativeFormat(head.root)}`,
    file: head.file.path,
  });
};
