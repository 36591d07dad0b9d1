/** Characters that nobody sees, or that look like whatever a font makes of them; the last one is a Braille cell without dots. */
const UNSEEN =
  /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}\p{Noncharacter_Code_Point}\u2800]/gu;

/** A text without the characters that nobody sees. Line breaks and tabs are such, spaces are not. */
export const seenOf = (text: string): string => text.replaceAll(UNSEEN, '');

/** Whether a text says nothing: it is empty, or spaces and what nobody sees. */
export const isBlank = (text: string): boolean => seenOf(text).trim() === '';
