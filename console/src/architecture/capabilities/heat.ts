import type { Tone } from '../../ui/tone.js';
import { toneOf } from '../../ui/tone.js';
import { LIFECYCLES } from '../landscape/lifecycle-bar.js';
import type { TreeNode } from './tree.js';

/** What the colour of a capability tells. */
export const HEATS = {
  lifecycle: 'Lifecycle',
  criticality: 'Criticality',
  number: 'Number',
  coverage: 'Gaps and overlaps',
} as const;
export type HeatBy = keyof typeof HEATS;

/** A colour and what it says: `tone` for a state, `step` (0 to 4) for a number. */
export type Heat = { readonly tone?: Tone; readonly step?: number; readonly words: string };

/** Up to which number of applications each step of the scale goes; the last one has no end. */
const STEPS = [0, 2, 5, 10] as const;

const stepOf = (count: number): number => {
  const step = STEPS.findIndex((most) => count <= most);
  return step === -1 ? STEPS.length : step;
};

const NOTHING: Heat = { words: 'no application' };

const byLifecycle = ({ total }: TreeNode): Heat => {
  const most = LIFECYCLES.reduce((a, b) => (total[b] > total[a] ? b : a), 'active');
  return total[most] === 0 ? NOTHING : { tone: toneOf(most), words: `mostly ${most}` };
};

const byCriticality = ({ total: { max_criticality, current } }: TreeNode): Heat =>
  max_criticality === null
    ? current === 0
      ? NOTHING
      : { words: 'criticality not set' }
    : { tone: toneOf(max_criticality), words: `up to ${max_criticality}` };

const byCoverage = ({ gap, overlap }: TreeNode): Heat =>
  gap
    ? { tone: 'bad', words: 'gap' }
    : overlap
      ? { tone: 'warn', words: 'overlap' }
      : { tone: 'good', words: 'covered' };

const BY: Readonly<Record<HeatBy, (node: TreeNode) => Heat>> = {
  lifecycle: byLifecycle,
  criticality: byCriticality,
  number: ({ total }) => ({ step: stepOf(total.current), words: '' }),
  coverage: byCoverage,
};

export const heatOf = (node: TreeNode, by: HeatBy): Heat => BY[by](node);

/** What the colours of a scale mean, for the legend. */
export const legendOf = (by: HeatBy): readonly Heat[] => {
  if (by === 'number')
    return ['none', '1–2', '3–5', '6–10', 'more than 10'].map((words, step) => ({ step, words }));
  if (by === 'coverage')
    return [
      { tone: 'good', words: 'covered' },
      { tone: 'warn', words: 'overlap: several applications of its own' },
      { tone: 'bad', words: 'gap: no application at or below it' },
    ];
  const words = by === 'lifecycle' ? LIFECYCLES : (['low', 'medium', 'high', 'critical'] as const);
  return [
    ...words.map((word) => ({ tone: toneOf(word), words: word })),
    { words: by === 'lifecycle' ? 'no application' : 'not set' },
  ];
};

/** The classes that give a box its colour. */
export const heatClass = ({ tone, step }: Heat): string =>
  tone ? `tone tone-${tone} heated` : step === undefined ? 'cold' : `step-${step}`;
