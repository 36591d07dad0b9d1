import type { Distribution } from '../../core/distribution.js';

export type Labels = Readonly<Record<string, string>>;
export type Sample = {
  readonly labels: Labels;
  readonly value: number;
  /** Only of histograms, whose samples have names of their own: `…_bucket`, `…_sum`, `…_count`. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
};

/** One metric with all its samples, as they are now. */
export type Family = {
  /** After the conventions of Prometheus: base units, and `_total` on counters. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
};

/** One value without labels, or several with them. */
type Values = number | readonly (readonly [Labels, number])[];

const samplesOf = (values: Values): Sample[] =>
  typeof values === 'number'
    ? [{ labels: {}, value: values }]
    : values.map(([labels, value]) => ({ labels, value }));

/** What only ever grows, from zero at the start of the process. */
export const counter = (name: string, help: string, values: Values): Family => ({
  name,
  help,
  type: 'counter',
  samples: samplesOf(values),
});

/** What goes up and down. */
export const gauge = (name: string, help: string, values: Values): Family => ({
  name,
  help,
  type: 'gauge',
  samples: samplesOf(values),
});

const bucketsOf = (labels: Labels, { bounds, counts, sum, count }: Distribution): Sample[] => {
  let below = 0;
  const buckets = bounds.map((bound, index): Sample => {
    below += counts[index]!;
    return { labels: { ...labels, le: String(bound) }, value: below, suffix: '_bucket' };
  });
  return [
    ...buckets,
    { labels: { ...labels, le: '+Inf' }, value: count, suffix: '_bucket' },
    { labels, value: sum, suffix: '_sum' },
    { labels, value: count, suffix: '_count' },
  ];
};

/** How values spread, as cumulative buckets. */
export const histogram = (
  name: string,
  help: string,
  spreads: readonly (readonly [Labels, Distribution])[],
): Family => ({
  name,
  help,
  type: 'histogram',
  samples: spreads.flatMap(([labels, spread]) => bucketsOf(labels, spread)),
});
