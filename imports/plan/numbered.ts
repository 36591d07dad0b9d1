import { cut } from '../cut.js';
import type { ModelElement } from '../model.js';

export const NAME_MAX = 255;
export const LABEL_MAX = 63;

/** A name with a number behind it, cut where both together would be too long. */
export const numbered = (name: string, number: number, kind: ModelElement['kind']): string => {
  const suffix = kind === 'server' ? `-${number}` : ` (${number})`;
  return cut(name, (kind === 'server' ? LABEL_MAX : NAME_MAX) - suffix.length) + suffix;
};
