import { nameOf } from '../landscape/name-of.js';
import type { Direction, Step } from './impact-answer.js';

/** What a relation says in a sentence: read from its source to its target, and the other way. */
const VERBS: Readonly<Record<string, readonly [out: string, back: string]>> = {
  depends_on: ['depends on', 'is needed by'],
  communicates_with: ['talks to', 'talks to'],
  calls: ['calls', 'is called by'],
  realizes: ['provides', 'is provided by'],
  uses: ['uses', 'is used by'],
  exposes: ['exposes', 'is exposed by'],
  deployed_on: ['runs on', 'runs'],
  stores_data_on: ['stores data on', 'stores data of'],
  reads: ['reads', 'is read by'],
  writes: ['writes', 'is written by'],
  supports: ['supports', 'is supported by'],
  serves: ['gives access to', 'is reached through'],
  publishes_event_to: ['sends events to', 'gets events from'],
  consumes_event_from: ['gets events from', 'sends events to'],
  owns: ['owns', 'is owned by'],
  part_of: ['is part of', 'contains'],
  connected_to: ['is connected to', 'is connected to'],
  flows_to: ['sends data to', 'gets data from'],
  derived_from: ['is made from', 'is the source of'],
};

/** `runs on`, `is used by`: what leads from where one stands to the next. */
export const verbOf = ({
  relation_type,
  direction,
}: Pick<Step, 'relation_type' | 'direction'>): string =>
  VERBS[relation_type]?.[direction === 'out' ? 0 : 1] ?? relation_type.replaceAll('_', ' ');

/** The verbs without a direction, for choosing and for lists. */
export const relationWord = (relation_type: string): string =>
  VERBS[relation_type]?.[0] ?? relation_type.replaceAll('_', ' ');

/** What is said of two boxes: `depends on`, or with arrows where it goes both ways. */
export const saidOf = (
  says: readonly { readonly relation_type: string; readonly forward: boolean }[],
): string => {
  const oneWay = says.every(({ forward }) => forward === says[0]?.forward);
  return says
    .map(({ relation_type, forward }) => {
      const word = relationWord(relation_type);
      return oneWay ? word : forward ? `${word} →` : `← ${word}`;
    })
    .join(', ');
};

/** Whether the picture has all that is stated between its boxes: answers are bounded. */
export const drawnInWords = (left_out: number): string =>
  left_out === 0
    ? 'Every relation between two boxes is drawn'
    : `Of the relations between boxes ${left_out.toLocaleString('en')} more are not drawn, fewer steps show them`;

/** `eks → runs bouncer → supports Frontend apps`. */
export const wayInWords = (start: string, path: readonly Step[]): string =>
  [start, ...path.map((step) => `${verbOf(step)} ${nameOf(step.to)}`)].join(' → ');

/** What the answer tells, in one sentence: `If eks stops, 53 applications and 1 server suffer.` */
export const headline = (
  name: string,
  { direction, type, counts }: { direction: Direction; type: string; counts: string },
): string => {
  if (direction === 'needed')
    return counts === 'nothing' ? `${name} needs nothing.` : `${name} stands on ${counts}.`;
  if (direction === 'both')
    return counts === 'nothing'
      ? `${name} is connected with nothing.`
      : `${name} is connected with ${counts}.`;
  const ends = type === 'server' ? 'retires' : 'fails';
  return counts === 'nothing'
    ? `If ${name} ${ends}, nothing else is affected.`
    : `If ${name} ${ends}, this affects ${counts}.`;
};
