import { setImmediate as others } from 'node:timers/promises';
import type { View } from '../../core/projection.js';
import type { Documents, Slot } from '../views/port.js';
import { COMPARE_PAGE, DIFFERENCES_SHOWN_MAX } from './limits.js';
import type { Comparison, Vector } from './projections.js';

/** Whether two JSON values say the same, whatever the order of their fields. */
export const sameJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  const [a, b] = [one, other] as Readonly<Record<string, unknown>>[];
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(a![key], b![key]))
  );
};

/** `application:42,server:7` */
export const positionText = (vector: Vector): string =>
  [...vector]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, sequence]) => `${source}:${sequence}`)
    .join(',');

/** Documents to compare with: by keys, and all keys there are. */
export type Compared = {
  get(keys: readonly string[]): Promise<ReadonlyMap<string, View>>;
  keys(): AsyncIterable<readonly string[]>;
};

export const documentsInMemory = (documents: ReadonlyMap<string, View>): Compared => ({
  get: async (keys) =>
    new Map(
      keys.flatMap((key) => (documents.has(key) ? [[key, documents.get(key)!] as const] : [])),
    ),
  async *keys() {
    const keys = [...documents.keys()];
    for (let at = 0; at < keys.length; at += COMPARE_PAGE) {
      await others();
      yield keys.slice(at, at + COMPARE_PAGE);
    }
  },
});

/** Every document of a slot, a page at a time; between two of them others get their turn. */
export async function* pagesOf(
  views: Documents,
  slot: Slot,
): AsyncGenerator<readonly { readonly key: string; readonly document: View }[]> {
  for (let after: string | null = null; ; ) {
    const page = await views.pageByKey(slot, after, COMPARE_PAGE);
    if (page.length > 0) yield page;
    if (page.length < COMPARE_PAGE) return;
    await others();
    after = page[page.length - 1]!.key;
  }
}

export const documentsOfSlot = (views: Documents, slot: Slot): Compared => ({
  get: (keys) => views.documents(slot, keys),
  async *keys() {
    for await (const page of pagesOf(views, slot)) yield page.map(({ key }) => key);
  },
});

/** A slot against other documents, key by key; neither may change meanwhile. */
export const compareDocuments = async (
  views: Documents,
  slot: Slot,
  other: Compared,
  position: Vector,
): Promise<Comparison> => {
  const differences: { key: string; first: unknown; second: unknown }[] = [];
  let documents = 0;
  let only_in_first = 0;
  let only_in_second = 0;
  let different = 0;
  const note = (key: string, first: unknown, second: unknown): void => {
    if (differences.length < DIFFERENCES_SHOWN_MAX) differences.push({ key, first, second });
  };
  for await (const page of pagesOf(views, slot)) {
    const others = await other.get(page.map(({ key }) => key));
    for (const { key, document } of page) {
      documents++;
      const second = others.get(key);
      if (second && sameJson(document, second)) continue;
      if (second) different++;
      else only_in_first++;
      note(key, document, second ?? null);
    }
  }
  for await (const keys of other.keys()) {
    const mine = await views.documents(slot, keys);
    const absent = keys.filter((key) => !mine.has(key));
    only_in_second += absent.length;
    const shown = absent.slice(0, DIFFERENCES_SHOWN_MAX - differences.length);
    for (const [key, document] of await other.get(shown)) note(key, null, document);
  }
  return {
    equal: only_in_first + only_in_second + different === 0,
    documents,
    only_in_first,
    only_in_second,
    different,
    differences,
    position: positionText(position),
  };
};
