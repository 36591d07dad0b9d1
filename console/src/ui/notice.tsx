import type { ReactNode } from 'react';
import type { Tone } from './tone.js';

const MARKS: Readonly<Record<Tone, string>> = {
  calm: 'i',
  planned: 'i',
  good: '✓',
  warn: '!',
  bad: '✕',
  info: 'i',
  accent: 'i',
};

/** Something the reader should know. `bad` interrupts a screen reader, the rest waits. */
export const Notice = ({
  tone = 'info',
  children,
  action,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) => (
  <div className={`notice tone tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <span className="mark" aria-hidden="true">
      {MARKS[tone]}
    </span>
    <div>{children}</div>
    {action}
  </div>
);
