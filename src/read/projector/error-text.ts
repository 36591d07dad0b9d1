import { Fault } from '../../core/refusal.js';
import { ERROR_LENGTH_MAX } from './limits.js';

/** What went wrong, as a text that is kept. */
export const errorText = (error: unknown): string => {
  const text =
    error instanceof Fault
      ? `${error.code}: ${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`
      : String(error);
  return text.length > ERROR_LENGTH_MAX ? `${text.slice(0, ERROR_LENGTH_MAX)}…` : text;
};
