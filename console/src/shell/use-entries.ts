import { useMemo } from 'react';
import { useKinds } from '../api/use-kinds.js';
import { wordsOf } from '../forms/words-of.js';
import { useFoundByBeginning } from '../names/use-found-by-beginning.js';
import { useFoundThings } from '../names/use-found-things.js';
import { useNames } from '../names/use-name.js';
import { shortId } from '../ui/copy-id.js';
import { arranged, type Entry } from './ranked.js';
import { ALL_SCREENS } from './sections.js';
import { useMayOpen } from './use-may-open.js';

const SHOWN_MAX = 40;

/** The screens that one may open, and the list of every type. */
const useScreens = (): readonly Entry[] => {
  const mayOpen = useMayOpen();
  const kinds = useKinds();
  return useMemo(
    () => [
      ...ALL_SCREENS.filter(mayOpen).map(
        ({ path, label, words = '' }): Entry => ({
          key: path,
          label,
          about: 'Screen',
          href: path,
          words,
          kind: 'screen',
        }),
      ),
      ...kinds.map(({ type, plural, summary }): Entry => {
        const label = `All ${plural.replaceAll('-', ' ')}`;
        const words = `${plural} ${wordsOf(type)} ${summary}`;
        return {
          key: type,
          label,
          about: 'List',
          href: `/things/${plural}`,
          words,
          kind: 'screen',
        };
      }),
    ],
    [mayOpen, kinds],
  );
};

/** What a text leads to, the best first; whether the server has said all it finds by this text. */
export const useEntries = (
  text: string,
): { readonly entries: readonly Entry[]; readonly settled: boolean } => {
  const screens = useScreens();
  const byName = useFoundThings(text);
  const byId = useFoundByBeginning(text);
  const { named, settled } = useNames(byId.things);
  const entries = useMemo(() => {
    const things = byName.found.map(
      ({ type, id, name, href }): Entry => ({
        key: `${type} ${id}`,
        label: name,
        href,
        kind: 'thing',
        about: `${wordsOf(type)} ${shortId(id)}`,
      }),
    );
    const withId = [
      ...named.map(({ type, id, name, href }): Entry => {
        const about = `${wordsOf(type)} ${shortId(id)}`;
        return { key: `${type} ${id}`, label: name, about, href, kind: 'thing' };
      }),
      ...byId.events.map(
        ({ event_id: id, event_type, recorded_at }): Entry => ({
          key: id,
          label: wordsOf(event_type),
          href: `/events/${id}`,
          kind: 'thing',
          about: `Event ${shortId(id)} of ${recorded_at.slice(0, 10)}`,
        }),
      ),
    ];
    const others = [...things, ...screens];
    return arranged(text, { byId: withId, others }).slice(0, SHOWN_MAX);
  }, [text, screens, byName.found, named, byId.events]);
  return {
    entries,
    settled: byName.settled && byId.settled && settled,
  };
};
