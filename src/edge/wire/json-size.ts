/** Objects and lists within one another that a body may hold. */
export const JSON_DEPTH_MAX = 100;
/** Keys of its objects and members of its lists, all together. */
export const JSON_VALUES_MAX = 20_000;

/** Where the string that opens at a place ends; the end of the text when it does not. */
const afterString = (text: string, open: number): number => {
  for (let quote = text.indexOf('"', open + 1); quote !== -1; ) {
    let slash = quote;
    while (text.charCodeAt(slash - 1) === 0x5c) slash--;
    if ((quote - slash) % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
};

/**
 * What of a JSON text is more than anybody looks at, counted before it is parsed: a short text may
 * hold so much that only naming it takes seconds. undefined when it is not too much, or no JSON.
 */
export const tooMuchJson = (text: string): 'depth' | 'values' | undefined => {
  if (text.length <= 2 * JSON_DEPTH_MAX) return undefined;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) at = afterString(text, at);
    else if (char === 0x2c) values++;
    else if (char === 0x5b || char === 0x7b) {
      depth++;
      values++;
      if (depth > JSON_DEPTH_MAX) return 'depth';
    } else if (char === 0x5d || char === 0x7d) depth--;
    if (values > JSON_VALUES_MAX) return 'values';
  }
  return undefined;
};
