import type { Query } from '../../api/http.js';
import { wordsOf } from '../../forms/words.js';
import { TextFilter } from '../../history/text-filter.js';
import { Facet } from '../../ui/facets.js';

const yesOrNo = (value: string): string => (value === 'true' ? 'yes' : 'no');

/** What the log is narrowed by; how many there are of each is counted by the server. */
/** Where there is little room the results come first. */
const ROOM = '(min-width: 60rem)';

export const EventFilters = ({ query }: { readonly query: Query }) => (
  <aside className="card history-side" aria-label="Filters">
    <details className="filters" open={matchMedia(ROOM).matches}>
      <summary>Filters</summary>
      <div className="side">
        <Facet path="/audit" field="aggregate_type" label="About" query={query} name={wordsOf} />
        <Facet path="/audit" field="event_type" label="Event" query={query} name={wordsOf} />
        <Facet path="/audit" field="actor" label="By" query={query} name={(value) => value} />
        <Facet path="/audit" field="source" label="From" query={query} />
        <Facet path="/audit" field="sensitive" label="Sensitive" query={query} name={yesOrNo} />
        <TextFilter name="aggregate_id" label="Id of the thing" />
        <TextFilter name="correlation_id" label="Correlation id" />
        <TextFilter name="command_id" label="Command id" />
      </div>
    </details>
  </aside>
);
