const KEY = 'stele.actor';

/** Who one says to be on a node that asks nobody for a key. */
export const actorName = {
  read: (): string | null => localStorage.getItem(KEY),
  save: (name: string): void => localStorage.setItem(KEY, name),
};
