import { useUrlState } from '../../api/use-url-state.js';
import { useMoment } from '../../ui/moment-picker.js';

/** A server with what runs on it, as the list tells it. */
export type Server = {
  readonly id: string;
  readonly hostname: string;
  readonly environment: string | null;
  readonly region: string | null;
  readonly platform: string | null;
  readonly criticality: string | null;
  readonly owning_team: string | null;
  readonly tags: readonly string[];
  readonly status: string;
  readonly deployments: readonly {
    readonly application_id: string;
    readonly name: string;
    readonly owner: string;
    readonly lifecycle: string;
    readonly environment: string;
  }[];
  readonly deployment_count: number;
  readonly orphan: boolean;
  readonly mismatched: boolean;
};

type FacetOf = {
  readonly field: string;
  readonly label: string;
  readonly name?: (value: string) => string;
};

/** Fields that the list is narrowed by. */
export const FACETS: readonly FacetOf[] = [
  { field: 'environment', label: 'Environment' },
  { field: 'status', label: 'Status' },
  { field: 'criticality', label: 'Criticality' },
  { field: 'platform', label: 'Platform' },
  { field: 'region', label: 'Region' },
  { field: 'owning_team', label: 'Team' },
  {
    field: 'orphan',
    label: 'In use',
    name: (value) => (value === 'true' ? 'nothing runs on it' : 'something runs on it'),
  },
  {
    field: 'mismatched',
    label: 'Environments',
    name: (value) => (value === 'true' ? 'runs what belongs elsewhere' : 'as it should be'),
  },
];

/** The filters in the address as a question to the server. */
export const useServerQuery = () => {
  const { get, all } = useUrlState();
  const moment = useMoment();
  return {
    ...Object.fromEntries(FACETS.map(({ field }) => [field, all(field)])),
    ...moment,
    search: get('search'),
  };
};
