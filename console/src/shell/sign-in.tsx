import { type FormEvent, useState } from 'react';
import { ask } from '../api/http.js';
import type { Session } from '../api/types.js';
import { Problem } from '../ui/problem.js';

const LINK = /^\/console\/sign-in\/?$/;

/** The code of the link that start-up prints. It stands behind the #, which no server is sent. */
export const codeInLink = (): string | undefined => {
  const { pathname, hash } = window.location;
  return LINK.test(pathname) && hash.length > 1 ? hash.slice(1) : undefined;
};

export const signIn = (by: { readonly code: string } | { readonly credential: string }) =>
  ask<Session>('/session', { method: 'POST', body: by });

/** For whoever has no link: an API key or a token. The server keeps a session, the page no key. */
export const SignIn = ({
  problem,
  onSignedIn,
}: {
  readonly problem: Error | undefined;
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
    <main className="sign-in">
      <form className="card stack" onSubmit={(event) => void submit(event)}>
        <h1>Sign in to Stele</h1>
        <p className="soft">
          Open the link that <code>stele serve</code> printed, make a new one with{' '}
          <code>npx stele console</code>, or give an API key or a token.
        </p>
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
    </main>
  );
};
