import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { isNotNow } from '../../../src/client/stele-problem.js';
import { actorName } from '../api/actor-name.js';
import { ask, isUnknownCaller, onUnknownCaller } from '../api/node.js';
import type { Session } from '../api/types.js';
import { SessionProvider } from '../api/use-session.js';
import { Problem } from '../ui/problem.js';
import { Shell } from './shell.js';
import { codeInLink, SignIn, SignInAgain, signIn } from './sign-in.js';

const ASK_AGAIN_MS = 3_000;
/** What has no session is asked for at most this often, so that a session that ends is noticed. */
const CHECK_EVERY_MS = 60_000;

/** The console: first who is there, then the shell with the screens. */
export const Console = () => {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [linkError, setLinkError] = useState<Error>();
  const session = useQuery<Session, Error>({
    queryKey: ['session'],
    queryFn: ({ signal }) => ask<Session>('/session', { signal }),
    retry: false,
    refetchInterval: ({ state }) =>
      state.status === 'error' && isNotNow(state.error) ? ASK_AGAIN_MS : CHECK_EVERY_MS,
  });
  const { refetch } = session;
  useEffect(() => {
    const code = codeInLink();
    if (code === undefined) return;
    // The code counts once: it must not stay in the address, nor in the history.
    navigate('/', { replace: true });
    signIn({ code }).then(() => void refetch(), setLinkError);
  }, [navigate, refetch]);

  // Whoever is told that nobody knows them is asked to sign in at once, not within a minute.
  useEffect(() => onUnknownCaller(() => void refetch({ cancelRefetch: false })), [refetch]);

  const known = session.data?.open === false;
  useEffect(() => {
    if (known) actorName.save(''); // who is signed in cannot act under another name
  }, [known]);

  const unknown = isUnknownCaller(session.error);
  const { data } = session;
  const signedInAgain = async (): Promise<void> => {
    const next = await refetch();
    // What stands on the screen is of whoever was here before.
    if (next.data?.actor !== data?.actor) window.location.reload();
    await client.invalidateQueries();
  };
  if (data)
    return (
      <SessionProvider value={data}>
        <Shell />
        {unknown && <SignInAgain actor={data.actor} onSignedIn={() => void signedInAgain()} />}
      </SessionProvider>
    );
  if (unknown) return <SignIn problem={linkError} onSignedIn={() => void refetch()} />;
  return (
    <main className="sign-in">
      {session.error ? (
        <Problem error={session.error} retry={() => void refetch()} />
      ) : (
        <p role="status" className="soft">
          Connecting…
        </p>
      )}
    </main>
  );
};
