const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

/** The beginning of a text: so many characters at most, and never half of one. */
export const cut = (text: string, max: number): string =>
  text.length > max ? text.slice(0, max).replace(HIGH_SURROGATE, '') : text;
