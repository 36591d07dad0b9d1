import { Command } from 'cmdk';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useKinds, useThingHref, useViews } from '../api/catalogue.js';
import { useSession } from '../api/session.js';
import type { Page } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { ALL_SCREENS } from './nav.js';

const FOUND_MAX = 6;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;

type Found = { readonly id: string; readonly name?: string; readonly title?: string };

/** What of one aggregate type is found by a text; its list must be searchable. */
const Things = ({
  kind,
  text,
  go,
}: {
  readonly kind: { readonly type: string; readonly plural: string };
  readonly text: string;
  readonly go: (to: string) => void;
}) => {
  const searchable = useViews().find(({ resource }) => resource === kind.type)?.search.length;
  const href = useThingHref();
  const { data } = useAnswer<Page<Found>>(
    searchable && text.length > 1 ? `/${kind.plural}` : null,
    { search: text, limit: FOUND_MAX },
    { follows: [] },
  );
  if (!data?.items.length || text.length < 2) return null;
  return (
    <Command.Group heading={kind.plural.replaceAll('-', ' ')}>
      {data.items.map(({ id, name, title }) => (
        <Command.Item
          key={id}
          value={`${kind.type} ${id}`}
          keywords={[text]}
          onSelect={() => go(href(kind.type, id))}
        >
          <span>{name ?? title ?? id}</span>
          <code className="faint">{id.slice(0, 8)}</code>
        </Command.Item>
      ))}
    </Command.Group>
  );
};

/** Find anything by typing: screens, things by name, events by id. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [, navigate] = useLocation();
  const { permissions } = useSession();
  const kinds = useKinds();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // A dialog focuses what comes first in it, which is the list around the field.
    element?.querySelector('input')?.focus();
    return () => element?.close();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const go = (to: string): void => {
    onClose();
    navigate(to);
  };
  const screens = ALL_SCREENS.filter(
    ({ label, permission }) =>
      label !== undefined && (!permission || permissions.includes(permission)),
  );
  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label="Find anything"
      // Told late: in development it is closed and opened again at once.
      onClose={({ currentTarget }) => !currentTarget.open && onClose()}
    >
      <Command label="Find anything" shouldFilter={true} loop>
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder="A name, an id, a screen…"
        />
        <Command.List>
          <Command.Empty>
            Nothing is called so. Names are searched from two letters on.
          </Command.Empty>
          {UUID.test(asked) && (
            <Command.Group heading="By id">
              <Command.Item
                value={`event ${asked}`}
                keywords={[asked]}
                onSelect={() => go(`/events/${asked}`)}
              >
                The event {asked.slice(0, 8)}… and what it caused
              </Command.Item>
              {kinds.map(({ type, plural }) => (
                <Command.Item
                  key={type}
                  value={`id ${type} ${asked}`}
                  keywords={[asked]}
                  onSelect={() => go(`/things/${plural}/${asked}`)}
                >
                  {type} {asked.slice(0, 8)}…
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Screens">
            {screens.map(({ path, label, words }) => (
              <Command.Item
                key={path}
                value={`screen ${label}`}
                keywords={[words ?? '']}
                onSelect={() => go(path)}
              >
                {label}
              </Command.Item>
            ))}
            {kinds.map(({ type, plural, summary }) => (
              <Command.Item
                key={type}
                value={`list ${type}`}
                keywords={[plural, summary]}
                onSelect={() => go(`/things/${plural}`)}
              >
                All {plural.replaceAll('-', ' ')}
              </Command.Item>
            ))}
          </Command.Group>
          {kinds.map((kind) => (
            <Things key={kind.type} kind={kind} text={asked} go={go} />
          ))}
        </Command.List>
      </Command>
    </dialog>
  );
};
