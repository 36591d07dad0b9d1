import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { actorName } from '../api/actor-name.js';
import { type LiveState, useLiveState } from '../api/follow-events.js';
import { ask } from '../api/node.js';
import { useSession } from '../api/use-session.js';
import { setZone, useZone } from '../ui/time.js';
import type { Tone } from '../ui/tone.js';
import { useTheme } from './theme.js';

const SAID: Readonly<Record<LiveState, readonly [Tone, string, string]>> = {
  connecting: ['calm', 'Connecting', 'Events are not followed yet'],
  live: ['good', 'Live', 'What happens is shown as it happens'],
  broken: ['warn', 'Reconnecting', 'The server does not send events now; it is tried again'],
  'signed-out': ['bad', 'Signed out', 'The session has ended: sign in again'],
  forbidden: ['calm', 'Not live', 'Your roles do not let you follow events'],
};

const Connection = () => {
  const { permissions } = useSession();
  const live = useLiveState();
  const [tone, word, why] = SAID[permissions.includes('events') ? live : 'forbidden'];
  return (
    <span role="status" className={`badge tone tone-${tone}`} title={why}>
      {word}
    </span>
  );
};

/** Where nobody is asked for a key, one says who one is: it stands in the log with what one does. */
const SayWho = () => {
  const [name, setName] = useState(actorName.read() ?? '');
  return (
    <input
      className="input who"
      aria-label="Your name, as it stands in the log"
      placeholder="Your name"
      value={name}
      onChange={({ target }) => {
        setName(target.value);
        actorName.save(target.value.trim());
      }}
    />
  );
};

const SignedIn = () => {
  const { actor, open, roles } = useSession();
  const client = useQueryClient();
  const [failed, setFailed] = useState(false);
  if (open) return <SayWho />;
  const leave = async (): Promise<void> => {
    try {
      await ask('/session', { method: 'DELETE' });
    } catch {
      setFailed(true); // whoever goes away now would leave a session behind that counts
      return;
    }
    client.clear();
    window.location.assign('/console/');
  };
  return (
    <>
      <span className="small soft wide" title={roles.join(', ')}>
        {actor}
      </span>
      <button type="button" className="button small quiet" onClick={() => void leave()}>
        {failed ? 'Not signed out: try again' : 'Sign out'}
      </button>
    </>
  );
};

/** Above every screen: search, connection, how things are shown, who is signed in. */
export const Bar = ({
  menu,
  onMenu,
  onPalette,
}: {
  readonly menu: boolean;
  readonly onMenu: () => void;
  readonly onPalette: () => void;
}) => {
  const zone = useZone();
  const { theme, toggle } = useTheme();
  return (
    <header className="bar">
      <button
        type="button"
        className="button quiet menu-button"
        aria-expanded={menu}
        aria-controls="navigation"
        aria-label="Screens"
        onClick={onMenu}
      >
        ☰
      </button>
      <button type="button" className="button search" onClick={onPalette}>
        <span>Find anything</span> <kbd className="wide">Ctrl K</kbd>
      </button>
      <span className="grow" />
      <Connection />
      <button
        type="button"
        className="button small quiet wide"
        onClick={() => setZone(zone === 'utc' ? 'local' : 'utc')}
        title="Show times in UTC or in local time"
      >
        {zone === 'utc' ? 'UTC' : 'Local time'}
      </button>
      <button
        type="button"
        className="button small quiet"
        onClick={toggle}
        aria-label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
      >
        {theme === 'dark' ? '☀' : '☾'}
      </button>
      <SignedIn />
    </header>
  );
};
