import { useMemo } from 'react';
import { useAnswer } from '../../api/use-answer.js';
import type { Kind } from '../../api/use-kinds.js';
import { useSession } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { CommandDialog } from '../../forms/command-dialog.js';
import type { JsonSchema } from '../../forms/shape-of.js';
import { wordsOf } from '../../forms/words-of.js';
import { useLifecycle } from '../../lifecycle/use-lifecycle.js';

const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

const New = ({ kind, command }: { readonly kind: Kind; readonly command: string }) => {
  const { patch } = useUrlState();
  const { open, roles } = useSession();
  const { data } = useAnswer<JsonSchema>(
    `/schemas/${kind.type}/commands/${command}`,
    { part: 'data' },
    { follows: [] },
  );
  const needed = data?.['x-roles'] ?? [];
  const may = open || data === undefined || needed.some((role) => roles.includes(role));
  return (
    <span className="row">
      {!may && <span className="small soft">needs the role {needed.join(' or ')}</span>}
      <button
        type="button"
        className="button primary"
        disabled={!may}
        title={may ? data?.description : `This needs the role ${needed.join(' or ')}`}
        onClick={() => patch({ new: command })}
      >
        {wordsOf(command)}
      </button>
    </span>
  );
};

/** A button for each command that begins a thing of this type; its form stands in the address. */
export const NewThing = ({ kind }: { readonly kind: Kind }) => {
  const { get, patch } = useUrlState();
  const { machine } = useLifecycle(kind.type);
  const commands = machine?.commands[machine.initial] ?? [];
  const wanted = get('new');
  const data = useMemo(() => parsed(get('data')), [get]);
  return (
    <>
      {commands.map((command) => (
        <New key={command} kind={kind} command={command} />
      ))}
      {wanted !== undefined && commands.includes(wanted) && (
        <CommandDialog
          kind={kind}
          command={wanted}
          machine={machine}
          data={data}
          onClose={() => patch({ new: null, data: null })}
        />
      )}
    </>
  );
};
