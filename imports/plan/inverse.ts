import type { Fields } from '../model.js';
import type { Change } from './change.js';

/** What takes an event back, or why nothing does. */
export type Back = Change | readonly Change[] | { readonly cannot: string };

type Told = {
  readonly data: Fields;
  readonly event_id: string;
  /** Which of the event's keys are to be taken back; of the others, others had the last word. */
  readonly keys: readonly string[];
  readonly because: string;
};

/** What an event sets, as keys such as `owner` or `tags/web`, and how that is taken back. */
export type Inverse = {
  readonly keys: (data: Fields) => readonly string[];
  readonly back: (told: Told) => Back;
  /** It began the aggregate: taking it back is deleting that. */
  readonly begins?: true;
};

export const text = (value: unknown): string => String(value);
export const command = (command_type: string, data: Fields): Change => ({ command_type, data });
export const never = (cannot: string): Back => ({ cannot });
