import { decodeProtectedHeader } from 'jose';
import type { Credentials } from './access.js';
import { readKeyText } from './api-key.js';

const SCHEME = /^bearer +/i;

const isToken = (text: string): boolean => {
  try {
    decodeProtectedHeader(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * What is tried with credentials, before anybody looks at them: the secret of one key, or something
 * that claims to be none of those. Undefined of a token: nobody finds a signature by trying.
 */
export const claimedBy = ({ apiKey, authorization = '' }: Credentials): string | undefined => {
  const text = (apiKey ?? authorization.trim().replace(SCHEME, '')).trim();
  const key = readKeyText(text);
  if (key) return `key ${key.id}`;
  return apiKey === undefined && isToken(text) ? undefined : 'no key';
};
