import { widthOf } from '../../../../src/core/picture/text.js';

/** The estimate of widths is for a wider font than the console has. */
const NARROWER = 0.88;

const shortened = (text: string, fits: (text: string) => boolean): string => {
  if (fits(text)) return text;
  const chars = [...text];
  while (chars.length > 1 && !fits(`${chars.join('').trimEnd()}…`)) chars.pop();
  return `${chars.join('').trimEnd()}…`;
};

/** A name in at most so many lines, broken between words; what does not fit is cut. */
export const fitted = (
  text: string,
  room: { readonly width: number; readonly size: number; readonly lines: number },
): readonly string[] => {
  const fits = (one: string): boolean => widthOf(one, room.size) * NARROWER <= room.width;
  if (room.lines < 1 || !fits('M…')) return [];
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    // The last line takes all that is left, to be cut.
    if (lines.length > 0 && (fits(longer) || lines.length === room.lines))
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => shortened(line, fits));
};
