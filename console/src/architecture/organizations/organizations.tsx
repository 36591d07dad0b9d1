import './organizations.css';
import '../landscape/landscape.css';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { MomentPicker, useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { ChangesLink } from '../landscape/element-link.js';
import { LIFECYCLES } from '../landscape/lifecycle-bar.js';
import type { Named } from '../landscape/name-of.js';
import type { OrganizationNode } from './lines-of.js';
import { OrganizationTree } from './organization-tree.js';
import { OwnersApart, Unowned } from './unowned.js';

type Tree = {
  readonly organizations: number;
  readonly nodes: readonly OrganizationNode[];
  readonly unowned: { readonly applications: readonly Named[]; readonly servers: readonly Named[] };
};

const ENVIRONMENTS = ['prod', 'staging', 'dev'];

/** Who owns what. */
export const Organizations = () => {
  const { get, all, patch } = useUrlState();
  const moment = useMoment();
  const answer = useAnswer<Report<Tree>>('/views/landscape/organizations', {
    lifecycle: get('lifecycle'),
    environment: get('environment'),
    ...moment,
  });
  const turned = all('turned');
  const turn = (id: string): void =>
    patch(
      { turned: turned.includes(id) ? turned.filter((one) => one !== id) : [...turned, id] },
      { replace: true },
    );
  const count = answer.data?.answer.organizations;
  return (
    <Page
      title="Organizations"
      lead={
        count !== undefined &&
        `${count.toLocaleString('en')} organizations and what they own, with everything below.`
      }
      actions={
        <>
          <MomentPicker />
          <ChangesLink view="organization-map" />
        </>
      }
    >
      <div className="row">
        <Only name="lifecycle" label="Applications" options={LIFECYCLES} />
        <Only name="environment" label="Servers" options={ENVIRONMENTS} />
      </div>
      <Answered answer={answer}>
        {({ answer: { nodes, unowned } }) => (
          <>
            {nodes.length === 0 ? (
              <Empty title="There is no organization at this moment">
                <p>Choose a later day, or import a model that has some:</p>
                <code>npx stele import backstage ./catalog</code>
              </Empty>
            ) : (
              <OrganizationTree nodes={nodes} turned={new Set(turned)} onTurn={turn} />
            )}
            <OwnersApart nodes={nodes} />
            <Unowned type="application" all={unowned.applications} />
            <Unowned type="server" all={unowned.servers} />
          </>
        )}
      </Answered>
    </Page>
  );
};

/** Count only some of what is owned. */
const Only = ({
  name,
  label,
  options,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly string[];
}) => {
  const { get, patch } = useUrlState();
  return (
    <label className="row small soft">
      {label}
      <select
        className="input only"
        value={get(name) ?? ''}
        onChange={({ target }) => patch({ [name]: target.value })}
      >
        <option value="">all</option>
        {options.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
};
