import type { StreamState } from '../../api/wire.js';

/** Whether what stands in a stream can be taken out of it, in a sentence. */
export const guards = ({
  deny_delete,
  deny_purge,
  retention,
}: Pick<StreamState, 'deny_delete' | 'deny_purge' | 'retention'>): {
  readonly safe: boolean;
  readonly said: string;
} => {
  const holes = [
    ...(deny_delete ? [] : ['single messages can be deleted']),
    ...(deny_purge ? [] : ['it can be purged']),
    ...(retention === 'limits' ? [] : [`messages leave it by themselves (retention ${retention})`]),
  ];
  return {
    safe: holes.length === 0,
    said:
      holes.length === 0
        ? 'The server refuses to delete or purge what stands in it.'
        : `Not protected: ${holes.join(', ')}.`,
  };
};
