/** A header that is longer says nothing: nobody takes so many things. Characters. */
const SAID_MAX = 1_000;

/** One thing that is taken, in lower case, and how gladly: from 0, not at all, to 1. */
export type Wish = { readonly name: string; readonly quality: number };

/** What a header such as `Accept` or `Accept-Encoding` says (RFC 9110 12.4.2), in its order. */
export const wishesOf = (said: string | null | undefined): readonly Wish[] => {
  if (!said || said.length > SAID_MAX) return [];
  return said
    .toLowerCase()
    .split(',')
    .map((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim());
      const q = parameters.find((part) => part.startsWith('q='))?.slice(2);
      return { name, quality: q === undefined ? 1 : Number(q) || 0 };
    });
};
