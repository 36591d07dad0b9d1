import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { Answered } from '../../ui/answered.js';
import { Json } from '../../ui/json.js';
import { Fields } from './fields.js';
import type { JsonSchema } from './fields-of.js';
import { Names, SchemaLink } from './schema-link.js';
import type { CommandEntry } from './use-catalogue.js';

const rulesOf = ({ creates, sensitive, critical, approval }: CommandEntry): readonly string[] => [
  ...(creates ? ['It may be the first of a life: it creates.'] : []),
  ...(sensitive ? ['A business justification must be given.'] : []),
  ...(approval ? ['Somebody else must have approved it.'] : []),
  ...(critical ? ['It raises an alert.'] : []),
];

/** A command: what it needs, what it holds, and what it may write. */
export const CommandDetail = ({ command }: { readonly command: CommandEntry }) => {
  const mayAudit = useMay('audit');
  const schema = useAnswer<JsonSchema>(command.schema, { part: 'data' }, { follows: [] });
  const { aggregate_type: type, command_type: name } = command;
  const rules = rulesOf(command);
  return (
    <>
      <dl className="facts">
        <dt>Of</dt>
        <dd>
          <Link href={`/lifecycles/${type}`}>{type}</Link>
        </dd>
        <dt>May write</dt>
        <dd>
          <Names>
            {command.emits.map((one) => (
              <SchemaLink key={one} of="events" type={type} name={one} />
            ))}
          </Names>
        </dd>
        <dt>Roles</dt>
        <dd>
          <Names>
            {command.roles.map((role) => (
              <span key={role} className="tag">
                {role}
              </span>
            ))}
          </Names>
        </dd>
        {command.aliases.length > 0 && (
          <>
            <dt>Also called</dt>
            <dd>{command.aliases.join(', ')}</dd>
          </>
        )}
        {rules.length > 0 && (
          <>
            <dt>Needs</dt>
            <dd>
              {rules.map((rule) => (
                <p key={rule}>{rule}</p>
              ))}
            </dd>
          </>
        )}
        {mayAudit && (
          <>
            <dt>Sent so far</dt>
            <dd>
              <Link href={address('/audit', { tab: 'commands', command_type: name })}>
                See every one, refused ones too
              </Link>
            </dd>
          </>
        )}
      </dl>
      <Answered answer={schema}>
        {(told) => (
          <section className="stack" aria-labelledby="fields">
            <h3 id="fields">Fields</h3>
            <Fields schema={told} />
            <details>
              <summary>The schema as JSON</summary>
              <Json value={told} />
            </details>
          </section>
        )}
      </Answered>
    </>
  );
};
