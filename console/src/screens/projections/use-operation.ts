import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/node.js';

/** Something that an operator has the server do, one at a time, and what came of it. */
export type Operation = {
  readonly running: string | null;
  readonly error: Error | null;
  readonly run: <T>(name: string, path: string, body?: unknown) => Promise<T | undefined>;
};

/** Comparisons answer when they are done, at most after ten minutes. */
const WITHIN_MS = 620_000;

export const useOperation = (): Operation => {
  const client = useQueryClient();
  const [running, setRunning] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const run = async <T>(name: string, path: string, body?: unknown): Promise<T | undefined> => {
    setRunning(name);
    setError(null);
    try {
      return await ask<T>(path, {
        method: 'POST',
        withinMs: WITHIN_MS,
        ...(body !== undefined && { body }),
      });
    } catch (failed) {
      setError(failed as Error);
      return undefined;
    } finally {
      setRunning(null);
      await client.invalidateQueries();
    }
  };
  return { running, error, run };
};
