/** `an Application`, `a service`. */
export const withArticle = (noun: string): string =>
  `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;

/** The same where a sentence begins. */
export const withCapital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
