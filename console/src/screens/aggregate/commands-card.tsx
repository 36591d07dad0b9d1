import { memo, useState } from 'react';
import type { PossibleCommand, Session } from '../../api/types.js';
import type { Kind } from '../../api/use-kinds.js';
import { useSession } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { CommandDialog } from '../../forms/command-dialog.js';
import { wordsOf } from '../../forms/words-of.js';
import type { MachineJson } from '../../lifecycle/use-lifecycle.js';
import { Told } from '../../names/thing-link.js';
import { Notice } from '../../ui/notice.js';
import { Problem } from '../../ui/problem.js';
import { Skeleton } from '../../ui/skeleton.js';
import type { Document, useCommands } from './use-document.js';

/** More commands than this get a field to find one by. */
const FIND_FROM = 8;

const mayCommand = ({ open, roles }: Session, command: PossibleCommand): boolean =>
  open || command.roles.some((role) => roles.includes(role));

const orText = (all: readonly string[]): string =>
  all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;

const Papers = ({ command }: { readonly command: PossibleCommand }) => (
  <>
    {command.sensitive && <span className="tag">sensitive</span>}
    {command.approval && <span className="tag">approval</span>}
  </>
);

const Command = ({
  command,
  why,
  onOpen,
}: {
  readonly command: PossibleCommand;
  /** Why it cannot be given. */
  readonly why?: string | undefined;
  readonly onOpen?: () => void;
}) => (
  <li>
    <button
      type="button"
      className="command"
      aria-disabled={why !== undefined}
      title={why}
      onClick={() => why === undefined && onOpen?.()}
    >
      <span className="row between">
        <strong>{wordsOf(command.command_type)}</strong>
        <span className="row">
          <Papers command={command} />
        </span>
      </span>
      <span className="small">{command.summary}</span>
      {why !== undefined && (
        <span className="small why">
          <Told text={why} />
        </span>
      )}
    </button>
  </li>
);

/** What can be told to it now, what cannot, and why. */
const Whole = ({
  kind,
  id,
  name,
  commands,
  machine,
  now,
  past,
}: {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly commands: ReturnType<typeof useCommands>;
  readonly machine: MachineJson | undefined;
  /** What it says now. */
  readonly now: Document | undefined;
  readonly past: boolean;
}) => {
  const { get, patch } = useUrlState();
  const session = useSession();
  const [wanted, setWanted] = useState('');
  const { data, error } = commands;
  const found = <T extends PossibleCommand>(all: readonly T[]): readonly T[] =>
    all.filter(({ command_type, summary }) =>
      `${wordsOf(command_type)} ${summary}`.toLowerCase().includes(wanted.toLowerCase()),
    );
  const possible = found(data?.possible ?? []);
  const open = (command: string | null): void => patch({ command });
  const mine = possible.filter((one) => mayCommand(session, one));
  const others = possible.filter((one) => !mayCommand(session, one));
  const impossible = found(data?.impossible ?? []);
  const opened = data?.possible.find(({ command_type }) => command_type === get('command'));
  return (
    <section className="card commands" aria-label="Commands">
      <header>
        <h2>Commands</h2>
        {(data?.possible.length ?? 0) >= FIND_FROM && (
          <input
            type="search"
            className="input find"
            aria-label="Find a command"
            placeholder="Find a command"
            value={wanted}
            onChange={({ target }) => setWanted(target.value)}
          />
        )}
      </header>
      <div className="body stack">
        {past && <Notice>You look at the past; a command changes what is now.</Notice>}
        {error && <Problem error={error} retry={() => void commands.refetch()} />}
        {!data && !error && <Skeleton lines={6} />}
        {data && mine.length === 0 && (
          <p className="soft">
            {wanted === '' ? 'Nothing can be told to it now by you.' : 'No command is called so.'}
          </p>
        )}
        <ul className="command-list" aria-label="Possible now">
          {mine.map((one) => (
            <Command key={one.command_type} command={one} onOpen={() => open(one.command_type)} />
          ))}
        </ul>
        {others.length + impossible.length > 0 && (
          <details open={wanted !== ''}>
            <summary className="soft">
              {others.length + impossible.length} that are not possible now, and why
            </summary>
            <ul className="command-list" aria-label="Not possible now">
              {impossible.map((one) => (
                <Command key={one.command_type} command={one} why={one.why} />
              ))}
              {others.map((one) => (
                <Command
                  key={one.command_type}
                  command={one}
                  why={`this needs the role ${orText(one.roles)}`}
                />
              ))}
            </ul>
          </details>
        )}
      </div>
      {opened && mayCommand(session, opened) && (
        <CommandDialog
          kind={kind}
          command={opened.command_type}
          target={{ id, name, version: data?.aggregate_version ?? 0, status: data?.status ?? '' }}
          machine={machine}
          now={now}
          onClose={() => open(null)}
        />
      )}
    </section>
  );
};

export const CommandsCard = memo(Whole);
