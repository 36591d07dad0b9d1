import { address, type Query } from '../../api/http.js';
import { useMay } from '../../api/session.js';

const FORMS = [
  { form: 'csv', label: 'CSV' },
  { form: 'jsonl', label: 'JSON lines' },
] as const;

/** Everything that meets the filters as a file, not only what is on the screen. */
export const ExportLinks = ({ path, query }: { readonly path: string; readonly query: Query }) => {
  const may = useMay('export');
  return FORMS.map(({ form, label }) =>
    may ? (
      <a key={form} className="button" href={address(path, { ...query, format: form })} download>
        Export {label}
      </a>
    ) : (
      <button
        key={form}
        type="button"
        className="button"
        disabled
        title="needs the permission to export"
      >
        Export {label}
      </button>
    ),
  );
};
