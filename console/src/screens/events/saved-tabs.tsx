import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { useUrlState } from '../../api/use-url-state.js';
import { normal } from '../../history/filters-in.js';
import { Dialog } from '../../ui/dialog.js';
import { TooLong } from '../../ui/too-long.js';
import { NAME_MAX, readSaved, renamed, type Saved, savedAs, without, withSaved } from './saved.js';

const KEY = 'stele.events.saved';
const PATH = '/events';

/** Queries with a name as tabs, kept in this browser; an address itself can be sent to anybody. */
export const SavedTabs = () => {
  const { params } = useUrlState();
  const [saved, setSaved] = useState(() => readSaved(localStorage.getItem(KEY)));
  const [naming, setNaming] = useState<'new' | 'rename'>();
  const query = normal(params.toString());
  const current = savedAs(saved, query);
  const write = (all: readonly Saved[]): void => {
    localStorage.setItem(KEY, JSON.stringify(all));
    setSaved(all);
  };
  const name = (said: string): void =>
    write(
      naming === 'rename' && current
        ? renamed(saved, current.name, said)
        : withSaved(saved, { name: said, query }),
    );
  return (
    <div className="saved-tabs">
      <nav aria-label="Saved queries">
        <ul>
          <li>
            <Link href={PATH} aria-current={query === '' ? 'page' : undefined}>
              All events
            </Link>
          </li>
          {saved.map((one) => (
            <li key={one.name}>
              <Link
                href={`${PATH}?${one.query}`}
                aria-current={one === current ? 'page' : undefined}
              >
                {one.name}
              </Link>
            </li>
          ))}
          {!current && query !== '' && (
            <li>
              <span className="unsaved" aria-current="page">
                This query
              </span>
            </li>
          )}
        </ul>
      </nav>
      <div className="row">
        {current ? (
          <>
            <button
              type="button"
              className="button small quiet"
              onClick={() => setNaming('rename')}
            >
              Rename
            </button>
            <button
              type="button"
              className="button small quiet"
              onClick={() => write(without(saved, current.name))}
            >
              Remove tab
            </button>
          </>
        ) : (
          <button
            type="button"
            className="button small"
            disabled={query === ''}
            title={query === '' ? 'Filter or sort first' : 'Keep this query as a tab'}
            onClick={() => setNaming('new')}
          >
            Save as tab
          </button>
        )}
      </div>
      {naming && (
        <NameDialog
          title={naming === 'rename' ? 'Rename this tab' : 'Save this query as a tab'}
          before={naming === 'rename' ? (current?.name ?? '') : ''}
          onClose={() => setNaming(undefined)}
          onName={name}
        />
      )}
    </div>
  );
};

const NameDialog = ({
  title,
  before,
  onClose,
  onName,
}: {
  readonly title: string;
  readonly before: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}) => {
  const [name, setName] = useState(before);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '' || name.length > NAME_MAX) return;
    onName(name.trim());
    onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isFilled={name.trim() !== before}
      footer={
        <button
          type="submit"
          form="name-query"
          className="button primary"
          disabled={name.trim() === '' || name.length > NAME_MAX}
        >
          Save
        </button>
      }
    >
      <form id="name-query" className="field" onSubmit={submit}>
        <label htmlFor="query-name">Name</label>
        <input
          id="query-name"
          className="input"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <TooLong text={name} max={NAME_MAX} />
        <span className="hint">Kept in this browser. To share a query, send its address.</span>
      </form>
    </Dialog>
  );
};
