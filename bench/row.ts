/** One line of the result. */
export type Row = {
  readonly what: string;
  readonly measured: string;
  readonly p50?: string;
  readonly p99?: string;
  readonly cpu?: string;
  /** Share of what raw JetStream did in the same rounds. */
  readonly ofRaw?: number;
  readonly budget?: string;
  readonly verdict?: 'PASS' | 'BELOW' | undefined;
};

export const perSecond = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} k/s` : `${Math.round(value)} /s`;
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const verdict = (good: boolean): 'PASS' | 'BELOW' => (good ? 'PASS' : 'BELOW');
