const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const IDS = new RegExp(ID, 'gi');
const ONE = new RegExp(`^${ID}$`, 'i');

/** Whether a text is an id and nothing else. */
export const isId = (text: string): boolean => ONE.test(text);

/** A text in pieces: what is an id, and what is between. */
export const piecesOf = (
  text: string,
): readonly { readonly text: string; readonly isId: boolean }[] => {
  const between = text.split(IDS);
  const ids = text.match(IDS) ?? [];
  return between
    .flatMap((one, nth) => [
      { text: one, isId: false },
      { text: ids[nth] ?? '', isId: true },
    ])
    .filter((one) => one.text !== '');
};
