import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ask, SteleProblem } from '../api/http.js';
import type { StoredEvent } from '../api/types.js';
import { remember } from '../api/written.js';
import { pathOf, type Request } from './wire.js';

/** An event as the answer to a command shows it. */
type Answered = Pick<StoredEvent, 'event_id' | 'event_type' | 'data' | 'aggregate_version'>;
export type Accepted = {
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  readonly position: string | null;
  readonly events: readonly Answered[];
};
type Phase =
  | { readonly kind: 'writing' }
  | { readonly kind: 'asking'; readonly dry: boolean }
  | { readonly kind: 'tried' | 'done'; readonly answer: Accepted }
  | { readonly kind: 'refused'; readonly error: Error };

const WRITING: Phase = { kind: 'writing' };
const BYTES = 16;

/** A random UUID (version 4), also where the page is not served over TLS. */
const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  const hex = [...bytes].map((byte, nth) => {
    const marked = nth === 6 ? (byte & 0x0f) | 0x40 : nth === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, '0');
  });
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** The version that the server says it has, when it is another than the one expected. */
export const conflictIn = (error: Error | undefined): number | undefined => {
  if (!(error instanceof SteleProblem) || error.code !== 'CONCURRENCY_CONFLICT') return undefined;
  const { actual_version } = error.details;
  return typeof actual_version === 'number' ? actual_version : undefined;
};

/**
 * Try a command, and send it. The same command sent again, after an answer that never came, has the
 * same id: it is not carried out twice.
 */
export const useCommand = (request: Request) => {
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>(WRITING);
  const said = JSON.stringify([request.body, request.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another command has another id
  const commandId = useMemo(newId, [said]);
  const post = async (dry: boolean): Promise<void> => {
    setPhase({ kind: 'asking', dry });
    try {
      const answer = await ask<Accepted>(`${pathOf(request)}${dry ? '?dry_run=true' : ''}`, {
        method: 'POST',
        body: { ...request.body, ...(!dry && { command_id: commandId }) },
        headers: request.version === undefined ? {} : { 'if-match': `"${request.version}"` },
      });
      setPhase({ kind: dry ? 'tried' : 'done', answer });
      if (dry) return;
      remember(answer.position);
      await client.invalidateQueries();
    } catch (error) {
      setPhase({ kind: 'refused', error: error instanceof Error ? error : new Error('failed') });
    }
  };
  return {
    phase,
    try: () => post(true),
    send: () => post(false),
    /** What was tried is not what is written now. */
    rewrite: () => setPhase(WRITING),
  };
};
