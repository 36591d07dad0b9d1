import { Link } from 'wouter';
import { address } from '../../api/address.js';
import type { MachineJson } from '../../lifecycle/use-lifecycle.js';
import { Problem } from '../../ui/problem.js';
import { type CommandEntry, useCatalogue } from '../schemas/use-catalogue.js';

const words = (status: string): string => status.replaceAll('_', ' ');

const Needs = ({ command }: { readonly command: CommandEntry | undefined }) => (
  <span className="row needs">
    {command?.roles.map((role) => (
      <span key={role} className="tag">
        {role}
      </span>
    ))}
    {command?.sensitive && (
      <span className="tag strong" title="A business justification must be given">
        needs a reason
      </span>
    )}
    {command?.approval && (
      <span className="tag strong" title="Somebody else must have approved it">
        needs an approval
      </span>
    )}
  </span>
);

/** Which command does something in which state, and what whoever sends it needs. */
export const CommandMatrix = ({ machine }: { readonly machine: MachineJson }) => {
  const catalogue = useCatalogue();
  const statuses = machine.states
    .map(({ name }) => name)
    .filter((name) => (machine.commands[name] ?? []).length > 0);
  const commands = [...new Set(statuses.flatMap((name) => machine.commands[name] ?? []))];
  const entryOf = (name: string): CommandEntry | undefined =>
    catalogue.data?.commands.find(
      ({ aggregate_type, command_type }) =>
        aggregate_type === machine.name && command_type === name,
    );
  return (
    <section className="card" aria-labelledby="commands">
      <header>
        <h2 id="commands">Which command works in which state</h2>
      </header>
      {catalogue.error && (
        <div className="body">
          <Problem error={catalogue.error} retry={() => void catalogue.refetch()} />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <div className="table-wrap" tabIndex={0}>
        <table className="table matrix">
          <thead>
            <tr>
              <th scope="col">Command</th>
              {statuses.map((status) => (
                <th key={status} scope="col" className="mark">
                  {words(status)}
                </th>
              ))}
              <th scope="col">Needs</th>
            </tr>
          </thead>
          <tbody>
            {commands.map((command) => (
              <tr key={command}>
                <th scope="row" title={entryOf(command)?.summary ?? undefined}>
                  <Link
                    href={address('/schemas', {
                      of: 'commands',
                      name: `${machine.name}/${command}`,
                    })}
                  >
                    {command}
                  </Link>
                </th>
                {statuses.map((status) => {
                  const works = machine.commands[status]?.includes(command);
                  return (
                    <td key={status} className="mark">
                      <span aria-hidden="true">{works ? '●' : '·'}</span>
                      <span className="visually-hidden">{works ? 'works' : 'does not work'}</span>
                    </td>
                  );
                })}
                <td>
                  <Needs command={entryOf(command)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
};
