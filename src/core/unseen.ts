/**
 * Characters that nobody sees, or that look like whatever a font makes of them; the last ones are
 * empty though Unicode counts them as seen: a Braille cell without dots, a note without a head, the
 * filler of Khitan, the blanks of hieroglyphs.
 */
const UNSEEN =
  /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}\p{Noncharacter_Code_Point}\u2800\u{1D159}\u{16FE4}\u{13441}\u{13442}]/gu;
/**
 * What joins letters, parts them or chooses their form: seen by the letter before it, of a script
 * that is written joined, or by the picture. Marks on that letter may stand between them.
 */
const JOINING =
  /(?<=(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\p{L}\p{Extended_Pictographic}]\p{M}{0,4}\p{Emoji_Modifier}?)(?:\ufe0f\u200d|\u200c|\u200d|\ufe0e|\ufe0f)/gu;
/** What is drawn on whatever stands before the text, and what no script has yet. */
const STRAY = /^\p{M}|\p{Cn}/u;

/** A text without the characters that nobody sees. Line breaks and tabs are such, spaces are not. */
export const seenOf = (text: string): string => text.replaceAll(UNSEEN, '');

/** Whether a text says nothing: it is empty, or spaces and what nobody sees. */
export const isBlank = (text: string): boolean => seenOf(text).trim() === '';

/** Whether there is something in a text that nobody sees, not even by what it does to its neighbours. */
export const isHiding = (text: string): boolean => {
  const rest = text.replaceAll(JOINING, '');
  return seenOf(rest) !== rest || STRAY.test(text);
};
