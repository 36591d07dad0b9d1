const WHITE = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Where a pattern that starts at a place ends, -1 when it does not match there. */
const ends = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

/** Where the string that opens at a place ends, or where it breaks. */
const skipString = (text: string, open: number): { readonly at: number; readonly ok: boolean } => {
  for (let at = open + 1; at < text.length; ) {
    const char = text.charAt(at);
    if (char === '"') return { at: at + 1, ok: true };
    if (char < ' ') return { at, ok: false };
    if (char !== '\\') at++;
    else if (ends(ESCAPE, text, at) === -1) return { at, ok: false };
    else at = ESCAPE.lastIndex;
  }
  return { at: text.length, ok: false };
};

type Expected = 'value' | 'first' | 'key' | 'colon' | 'next';

/**
 * The offset of the first character that cannot stand where it stands, for a text that
 * `JSON.parse` refused: its own messages name no position, or quote what they were given.
 */
export const whereJsonBreaks = (text: string): number => {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const keyed = (what: Expected): boolean =>
    what === 'key' || (what === 'first' && open.at(-1) === '{');
  for (;;) {
    at = ends(WHITE, text, at);
    const char = text.charAt(at);
    if (char === '') return at;
    if (expected === 'next') {
      const closes = open.at(-1) === '{' ? '}' : ']';
      if (open.length === 0 || (char !== ',' && char !== closes)) return at;
      at++;
      if (char === closes) open.pop();
      else expected = open.at(-1) === '{' ? 'key' : 'value';
    } else if (expected === 'colon') {
      if (char !== ':') return at;
      at++;
      expected = 'value';
    } else if (expected === 'first' && char === (open.at(-1) === '{' ? '}' : ']')) {
      open.pop();
      at++;
      expected = 'next';
    } else if (char === '"') {
      const string = skipString(text, at);
      if (!string.ok) return string.at;
      at = string.at;
      expected = keyed(expected) ? 'colon' : 'next';
    } else if (keyed(expected)) {
      return at;
    } else if (char === '{' || char === '[') {
      open.push(char);
      at++;
      expected = 'first';
    } else {
      const end = ends(SCALAR, text, at);
      if (end === -1) return at;
      at = end;
      expected = 'next';
    }
  }
};
