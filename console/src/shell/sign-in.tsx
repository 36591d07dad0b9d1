import { type FormEvent, useState } from 'react';
import { ask } from '../api/node.js';
import type { Session } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { Problem } from '../ui/problem.js';

const LINK = /^\/console\/sign-in\/?$/;

/** The code of the link that start-up prints. It stands behind the #, which no server is sent. */
export const codeInLink = (): string | undefined => {
  const { pathname, hash } = window.location;
  return LINK.test(pathname) && hash.length > 1 ? hash.slice(1) : undefined;
};

export const signIn = (by: { readonly code: string } | { readonly credential: string }) =>
  ask<Session>('/session', { method: 'POST', body: by });

/** The field for an API key or a token, and what came of sending it. */
const CredentialForm = ({
  problem,
  onSignedIn,
}: {
  readonly problem?: Error | undefined;
  readonly onSignedIn: () => void;
}) => {
  const [credential, setCredential] = useState('');
  const [error, setError] = useState<Error | undefined>();
  const [sending, setSending] = useState(false);
  const shown = error ?? problem;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setError(undefined);
    try {
      await signIn({ credential: credential.trim() });
      onSignedIn();
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setSending(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      {shown && <Problem error={shown} />}
      <div className="field">
        <label htmlFor="credential">API key or token</label>
        <input
          id="credential"
          className="input mono"
          type="password"
          autoComplete="current-password"
          required
          value={credential}
          onChange={({ target }) => setCredential(target.value)}
        />
      </div>
      <button type="submit" className="button primary" disabled={sending}>
        {sending ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  );
};

/** For whoever has no link: an API key or a token. The server keeps a session, the page no key. */
export const SignIn = (props: {
  readonly problem: Error | undefined;
  readonly onSignedIn: () => void;
}) => (
  <main className="sign-in">
    <div className="card stack">
      <h1>Sign in to Stele</h1>
      <p className="soft">
        Open the link that <code>stele serve</code> printed, make a new one with{' '}
        <code>npx stele console</code>, or give an API key or a token.
      </p>
      <CredentialForm {...props} />
    </div>
  </main>
);

/** A session that ended while somebody worked: what stands on the screen and in forms stays. */
export const SignInAgain = ({
  actor,
  onSignedIn,
}: {
  readonly actor: string | null;
  readonly onSignedIn: () => void;
}) => (
  // It stays until somebody is known: there is nothing behind it that would be answered.
  <Dialog title="Your session has ended" onClose={() => undefined} mustAnswer>
    <div className="stack">
      <p>
        Sign in again{actor && ` as ${actor}`}: what you were writing is still there. With a link of{' '}
        <code>npx stele console</code> in another tab it goes on by itself, too.
      </p>
      <CredentialForm onSignedIn={onSignedIn} />
    </div>
  </Dialog>
);
