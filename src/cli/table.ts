// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
const COLOURS = /\u001b\[[0-9;]*m/g;
const widthOf = (cell: string): number => [...cell.replaceAll(COLOURS, '')].length;

const padded = (cell: string, width: number): string =>
  cell + ' '.repeat(Math.max(0, width - widthOf(cell)));

/** Rows under a heading, in columns as wide as their widest cell. */
export const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) =>
    Math.max(...all.map((row) => widthOf(row[column] ?? ''))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** One line, at most so long: what does not fit ends in …. */
export const clipped = (text: string, max: number): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const letters = [...line];
  return letters.length <= max ? line : `${letters.slice(0, max - 1).join('')}…`;
};

/** `1 command`, `2 commands`, `12,345 commands`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
