import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { newCommandId } from '../../../src/client/new-command-id.js';
import { SteleProblem } from '../../../src/client/stele-problem.js';
import { node } from '../api/node.js';
import type { StoredEvent } from '../api/types.js';
import { pathOf, type Request } from './request.js';

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
  const commandId = useMemo(newCommandId, [said]);
  const post = async (dry: boolean): Promise<void> => {
    setPhase({ kind: 'asking', dry });
    try {
      const answer = await node.tell<Accepted>({
        method: 'POST',
        path: `${pathOf(request)}${dry ? '?dry_run=true' : ''}`,
        body: { ...request.body, ...(!dry && { command_id: commandId }) },
        headers: request.version === undefined ? {} : { 'if-match': `"${request.version}"` },
      });
      setPhase({ kind: dry ? 'tried' : 'done', answer });
      if (dry) return;
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
