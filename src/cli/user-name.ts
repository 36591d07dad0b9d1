import { userInfo } from 'node:os';

/** Who does something when nobody else is named: the user of this machine. */
export const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};
