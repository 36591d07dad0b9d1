import { address, type Query } from '../api/address.js';
import { useMay } from '../api/use-session.js';

const FORMS = [
  { form: 'csv', label: 'CSV' },
  { form: 'jsonl', label: 'JSON lines' },
] as const;

/** Everything that meets the filters as a file, not only what was loaded. */
export const ExportLinks = ({ path, query }: { readonly path: string; readonly query: Query }) => {
  const may = useMay('export');
  if (!may)
    return (
      <>
        <span className="small soft">Exporting needs the permission “export”</span>
        {FORMS.map(({ form, label }) => (
          <button key={form} type="button" className="button" disabled>
            Export {label}
          </button>
        ))}
      </>
    );
  return FORMS.map(({ form, label }) => (
    <a
      key={form}
      className="button"
      href={address(path, { ...query, format: form })}
      download
      title="Everything that meets the filters"
    >
      Export {label}
    </a>
  ));
};
