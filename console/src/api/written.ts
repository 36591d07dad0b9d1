/** A read waits for what was written here for this long after it was. */
const REMEMBERED_MS = 60_000;

type Written = { readonly sequence: number; readonly at: number };
const written = new Map<string, Written>();

/** Remember a position that an answer to a command named: `application:1922`. */
export const remember = (position: string | null | undefined): void => {
  for (const one of position?.split(',') ?? []) {
    const [source = '', sequence = ''] = one.split(':');
    const number = Number(sequence);
    if ((written.get(source)?.sequence ?? 0) < number)
      written.set(source, { sequence: number, at: Date.now() });
  }
};

/** What reads must reflect: on another node, too, one sees what one wrote. */
export const minPosition = (): string | undefined => {
  for (const [source, { at }] of written)
    if (Date.now() - at > REMEMBERED_MS) written.delete(source);
  const all = [...written].map(([source, { sequence }]) => `${source}:${sequence}`);
  return all.length > 0 ? all.join(',') : undefined;
};
