import { ACCESS_KEYS_BUCKET, ACCESS_SESSIONS_BUCKET, bucketStream } from '../../core/subjects.js';
import { type Finding, finding } from './finding.js';
import type { OpenedStore } from './reading-store.js';

/** Both buckets are made by the first node within moments. */
const MADE_TOGETHER_WITHIN_MS = 60_000;

/**
 * Whether the bucket of API keys was removed: that of sessions is made beside it. One that was made
 * anew is younger, and tells of itself until there is a key in it.
 */
export const examineKeys = async ({
  stream,
}: Pick<OpenedStore, 'stream'>): Promise<readonly Finding[]> => {
  const name = bucketStream(ACCESS_KEYS_BUCKET);
  const [keys, sessions] = await Promise.all([
    stream(name),
    stream(bucketStream(ACCESS_SESSIONS_BUCKET)),
  ]);
  if (!sessions) return []; // nobody is asked here who they are
  if (!keys) return [finding('KEYS_LOST', 'it was removed: no API key counts', { stream: name })];
  if (keys.last > 0 && keys.first > keys.last)
    return [finding('KEYS_LOST', 'it was emptied: no API key counts', { stream: name })];
  const later = Date.parse(keys.created) - Date.parse(sessions.created);
  if (keys.last > 0 || later <= MADE_TOGETHER_WITHIN_MS) return [];
  const what = 'it was removed and made anew, and no key was made since: those of before are lost';
  return [finding('KEYS_LOST', what, { stream: name })];
};
