export type Question = {
  readonly label: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
};

/** Questions that are asked of every portfolio. */
export const questionsOn = (today: string): readonly Question[] => [
  {
    label: 'Critical in production',
    filters: { criticality: ['critical'], in_production: ['true'] },
  },
  {
    label: 'Past their sunset',
    filters: { lifecycle: ['deprecated', 'active'], 'sunset_date.lt': [today] },
  },
  {
    label: 'Deprecated without a date',
    filters: { lifecycle: ['deprecated'], sunset_date: ['null'] },
  },
  {
    label: 'Without a capability',
    filters: { capability_ids: ['null'], lifecycle: ['planned', 'active', 'deprecated'] },
  },
];
