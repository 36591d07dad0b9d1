import { createContext, useContext } from 'react';
import type { Session } from './types.js';

const Context = createContext<Session | null>(null);
export const SessionProvider = Context.Provider;

/** Who is signed in. */
export const useSession = (): Session => {
  const session = useContext(Context);
  if (!session) throw new Error('only shown to somebody who is signed in');
  return session;
};

/** Whether whoever is signed in may: `operate`, `audit`, `time_travel`, … */
export const useMay = (permission: string): boolean =>
  useSession().permissions.includes(permission);
