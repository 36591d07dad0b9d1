import type { Query } from '../../api/address.js';
import { wordsOf } from '../../forms/words-of.js';
import { TextFilter } from '../../history/text-filter.js';
import { ThingFilter } from '../../history/thing-filter.js';
import { Facet } from '../../ui/facet.js';
import { Filters } from '../../ui/filters.js';

const yesOrNo = (value: string): string => (value === 'true' ? 'yes' : 'no');

/** What the log is narrowed by; how many there are of each is counted by the server. */
export const EventFilters = ({ query }: { readonly query: Query }) => (
  <aside className="card history-side" aria-label="Filters">
    <Filters>
      <div className="side">
        <Facet path="/audit" field="aggregate_type" label="About" query={query} name={wordsOf} />
        <Facet path="/audit" field="event_type" label="Event" query={query} name={wordsOf} />
        <Facet path="/audit" field="actor" label="By" query={query} name={(value) => value} />
        <Facet path="/audit" field="source" label="From" query={query} />
        <Facet path="/audit" field="sensitive" label="Sensitive" query={query} name={yesOrNo} />
        <ThingFilter name="aggregate_id" label="Which one" />
        <TextFilter name="correlation_id" label="Correlation id" />
        <TextFilter name="command_id" label="Command id" />
      </div>
    </Filters>
  </aside>
);
