import { SaxesParser } from 'saxes';
import type { SourceFile } from '../../src/operate/importing/importer.js';
import { decode } from '../decode.js';
import { DRAWN } from './source.js';
import { XML_FILE } from './xml.js';

type Span = readonly [from: number, to: number];

/** What stands in tags that are drawn: layout, images, what is drawn within. */
const drawnIn = (text: string): readonly Span[] => {
  const parser = new SaxesParser();
  const spans: Span[] = [];
  let depth = 0;
  let within: { readonly depth: number; readonly from: number } | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, isSelfClosing }) => {
    depth++;
    if (within === undefined && !isSelfClosing && DRAWN.has(name.slice(name.indexOf(':') + 1)))
      within = { depth, from: parser.position };
  });
  parser.on('closetag', () => {
    if (within?.depth === depth) {
      spans.push([within.from, text.lastIndexOf('</', parser.position - 1)]);
      within = undefined;
    }
    depth--;
  });
  parser.write(text).close();
  return spans;
};

/**
 * A file of a model without the layout of its diagrams, which nobody reads; its lines keep their
 * numbers. One that is no XML stays as it is: whoever reads it says what is wrong.
 */
export const lighten = (file: SourceFile): SourceFile => {
  try {
    const { text, encoding } = decode(file, XML_FILE);
    if (encoding !== 'utf-8') return file;
    let kept = '';
    let at = 0;
    for (const [from, to] of drawnIn(text)) {
      kept += text.slice(at, from) + text.slice(from, to).replaceAll(/[^\n]+/g, '');
      at = to;
    }
    return at === 0 ? file : { ...file, bytes: Buffer.from(kept + text.slice(at)) };
  } catch {
    return file;
  }
};
