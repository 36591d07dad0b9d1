import { Link } from 'wouter';
import { useKindOf } from '../../api/use-kinds.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Chips } from '../../history/chips.js';
import { EventPanel } from '../../history/event-panel.js';
import { filtersIn } from '../../history/filters-in.js';
import { VerifyChain } from '../../history/verify-chain.js';
import { ExportLinks } from '../../ui/export-links.js';
import { Page } from '../../ui/page.js';
import { Tabs } from '../../ui/tabs.js';
import './audit.css';
import { AuditReport } from './audit-report.js';
import { AuditTools } from './audit-tools.js';
import { Changes, NEWEST as NEWEST_EVENT } from './changes.js';
import { CommandPanel } from './command-panel.js';
import { Commands, NEWEST as NEWEST_COMMAND } from './commands.js';
import { isTab, periodIn, queryOf, type TabName } from './period.js';
import { Refusals } from './refusals.js';

const LEAD = 'Who changed what, when, from where and why, and what was refused.';

/** The chain of the one thing that the audit is narrowed to. */
const ChainOfOne = () => {
  const { get } = useUrlState();
  const kind = useKindOf(get('aggregate_type'));
  const id = get('aggregate_id');
  if (!kind || !id) return null;
  return (
    <section className="card no-print" aria-labelledby="chain-of-one">
      <header>
        <h2 id="chain-of-one">Is its history unaltered?</h2>
      </header>
      <div className="body">
        <VerifyChain key={`${kind.type} ${id}`} type={kind.type} id={id} />
      </div>
    </section>
  );
};

/** The audit: for whoever has to account for what happened. */
export const Audit = () => {
  const { params, get, patch } = useUrlState();
  const said = get('tab');
  const tab: TabName = isTab(said) ? said : 'changes';
  const query = queryOf(tab, params);
  const sort = get('sort') ?? (tab === 'changes' ? NEWEST_EVENT : NEWEST_COMMAND);
  const path = tab === 'changes' ? '/audit' : '/views/commands';
  const report = new URLSearchParams(params);
  report.set('report', 'on');
  const actions = (
    <>
      <ExportLinks path={path} query={{ ...query, sort }} />
      <Link className="button" href={`/audit?${report.toString()}`}>
        Printable report
      </Link>
    </>
  );
  if (get('report') === 'on')
    return (
      <Page title="Audit report" actions={<ExportLinks path={path} query={{ ...query, sort }} />}>
        <AuditReport tab={tab} query={query} sort={sort} />
      </Page>
    );
  const tabs = [
    { id: 'changes', label: 'Changes', content: <Changes query={query} /> },
    { id: 'commands', label: 'Commands', content: <Commands query={query} what="commands" /> },
    {
      id: 'refusals',
      label: 'Refusals',
      content: <Refusals query={query} period={periodIn(params)} />,
    },
  ];
  return (
    <Page title="Audit" lead={LEAD} actions={actions}>
      <AuditTools tab={tab} />
      <Chips query={filtersIn(params)} />
      <ChainOfOne />
      <Tabs
        label="What is audited"
        tabs={tabs}
        selected={tab}
        onSelect={(next) =>
          patch({ tab: next === 'changes' ? null : next, sort: null, open: null })
        }
      />
      {tab === 'changes' ? <EventPanel /> : <CommandPanel />}
    </Page>
  );
};
