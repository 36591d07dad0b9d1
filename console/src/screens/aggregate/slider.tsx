import { useId } from 'react';
import { toneOf } from '../../ui/tone.js';
import { shareOf } from './moment.js';

/** From here on, until the next one, it had a status. */
export type Mark = { readonly at: number; readonly status: string };

/** So much of the strip must be a status's for its name to stand under it. */
const NAMED_SHARE = 0.1;

type Segment = Mark & { readonly from: number; readonly share: number };

const segmentsOf = (marks: readonly Mark[], min: number, max: number): readonly Segment[] =>
  marks.map((mark, nth) => {
    const from = shareOf(mark.at, min, max);
    const next = marks[nth + 1];
    return { ...mark, from, share: (next ? shareOf(next.at, min, max) : 1) - from };
  });

/** A slider over its life: the strip under it shows which status it had where. */
export const Slider = ({
  label,
  min,
  max,
  value,
  text,
  marks,
  onSlide,
  disabled = false,
}: {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  /** The value in words. */
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly onSlide: (value: number) => void;
  readonly disabled?: boolean;
}) => {
  const id = useId();
  const segments = segmentsOf(marks, min, max);
  return (
    <div className="slider">
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <div className="strip" aria-hidden="true">
        {segments.map(({ status, from, share, at }) => (
          <span
            key={`${at} ${from} ${status}`}
            className={`segment tone tone-${toneOf(status)}`}
            style={{ left: `${from * 100}%`, width: `${share * 100}%` }}
            title={status}
          >
            {share >= NAMED_SHARE && <span>{status.replaceAll('_', ' ')}</span>}
          </span>
        ))}
      </div>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={1}
        value={Math.min(max, Math.max(min, value))}
        aria-valuetext={text}
        disabled={disabled}
        onChange={(event) => onSlide(Number(event.target.value))}
      />
    </div>
  );
};
