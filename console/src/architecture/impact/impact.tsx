import './impact.css';
import '../landscape/landscape.css';
import { useUrlState } from '../../api/use-url-state.js';
import { MomentPicker } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { Tabs } from '../../ui/tabs.js';
import { ChangesLink } from '../landscape/element-link.js';
import { Dependencies } from './dependencies.js';
import { FoundGaps } from './found-gaps.js';
import { FoundStale } from './found-stale.js';
import { FoundSunsets } from './found-sunsets.js';

/** What depends on what, and what that finds. */
export const Impact = () => {
  const { get, patch } = useUrlState();
  return (
    <Page
      title="Impact"
      lead="What breaks when something fails or retires, and what stands on what."
      actions={
        <>
          <MomentPicker />
          <ChangesLink view="landscape" />
        </>
      }
    >
      <Tabs
        label="Questions"
        selected={get('tab') ?? 'dependencies'}
        onSelect={(tab) => patch({ tab: tab === 'dependencies' ? null : tab })}
        tabs={[
          { id: 'dependencies', label: 'Dependencies', content: <Dependencies /> },
          { id: 'sunsets', label: 'Sunsets', content: <FoundSunsets /> },
          { id: 'gaps', label: 'Classification gaps', content: <FoundGaps /> },
          { id: 'stale', label: 'Stale relations', content: <FoundStale /> },
        ]}
      />
    </Page>
  );
};
