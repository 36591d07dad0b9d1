const HALF_PAIR = /[\ud800-\udbff]$/;

/** A text that is too long, cut at a whole character, with a mark that says so. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(HALF_PAIR, '')}…`;
