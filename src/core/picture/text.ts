/** What text needs of space. Estimated, and rather too wide: there is no font to ask. */
const NARROW = /[iljtfrI.,:;'|!() [\]]/;
const WIDE = /[mwMW@%&—…]/;
const UPPER = /[A-Z0-9_→]/;

const advance = (char: string): number => {
  if (char.codePointAt(0)! > 0x2000 && !WIDE.test(char) && !UPPER.test(char)) return 1.1;
  if (NARROW.test(char)) return 0.42;
  if (WIDE.test(char)) return 1;
  return UPPER.test(char) ? 0.74 : 0.63;
};

/** Width of a text in pixels at a font size. */
export const widthOf = (text: string, size: number): number =>
  Math.ceil([...text].reduce((sum, char) => sum + advance(char), 0) * size);

/** A text that is not longer than a line: what is cut off is told by a tooltip. */
export const short = (text: string, max: number): string => {
  const chars = [...text];
  return chars.length <= max ? text : `${chars.slice(0, max - 1).join('')}…`;
};

/**
 * A name in lines, broken where a word begins: `LifecycleTransitioned` → `Lifecycle`,
 * `Transitioned`. What stands in brackets stays together.
 */
export const wrap = (text: string, max: number): readonly string[] => {
  const words = text.split(/(?<=[a-z0-9])(?=[A-Z])(?![^[]*\])| (?=\[)/);
  const lines: string[] = [];
  for (const word of words) {
    const longer = (lines.at(-1) ?? '') + word;
    if (lines.length > 0 && longer.length <= max && !word.startsWith('['))
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => short(line, max * 2)).filter((line) => line.trim() !== '');
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Characters that no XML document may hold. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** A text, or a whole document, without what no XML document may hold. */
export const soundXml = (text: string): string => text.replaceAll(NOT_XML, '\u{FFFD}');

/** A text as it may stand in XML, in an element or an attribute. */
export const xml = (text: string): string =>
  soundXml(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);
