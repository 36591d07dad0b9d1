import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useUrlState } from '../../api/use-url-state.js';
import { Dialog } from '../../ui/dialog.js';
import { TooLong } from '../../ui/too-long.js';
import { keptOf } from './filters-in.js';
import { addSavedView, NAME_MAX, readSavedViews, type SavedView } from './saved-view.js';

/** Views with a name, kept in this browser; the address itself can be sent to anybody. */
export const SavedViews = ({
  storage,
  path,
  keeps,
}: {
  /** Where they are kept in the browser. */
  readonly storage: string;
  /** The screen that they are views of. */
  readonly path: string;
  /** What else than filters belongs to a view, such as the order. */
  readonly keeps: readonly string[];
}) => {
  const [, navigate] = useLocation();
  const { params } = useUrlState();
  const [kept, setKept] = useState(() => readSavedViews(localStorage.getItem(storage)));
  const [naming, setNaming] = useState(false);
  const query = keptOf(params, keeps);
  const current = kept.find((one) => one.query === query);
  const write = (all: readonly SavedView[]): void => {
    localStorage.setItem(storage, JSON.stringify(all));
    setKept(all);
  };
  return (
    <>
      {kept.length > 0 && (
        <select
          className="input saved"
          aria-label="Saved views"
          value={current?.name ?? ''}
          onChange={(event) => {
            const chosen = kept.find(({ name }) => name === event.target.value);
            navigate(chosen ? `${path}?${chosen.query}` : path);
          }}
        >
          <option value="">Saved views</option>
          {kept.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      {current ? (
        <button
          type="button"
          className="button"
          onClick={() => write(kept.filter(({ name }) => name !== current.name))}
        >
          Forget view
        </button>
      ) : (
        <button
          type="button"
          className="button"
          disabled={query === ''}
          title={query === '' ? 'Filter or sort first' : 'Keep these filters under a name'}
          onClick={() => setNaming(true)}
        >
          Save view
        </button>
      )}
      {naming && (
        <NameView
          onClose={() => setNaming(false)}
          onName={(name) => write(addSavedView(kept, { name, query }))}
        />
      )}
    </>
  );
};

const NameView = ({
  onClose,
  onName,
}: {
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}) => {
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '' || name.length > NAME_MAX) return;
    onName(name.trim());
    onClose();
  };
  return (
    <Dialog
      title="Save this view"
      onClose={onClose}
      isFilled={name.trim() !== ''}
      footer={
        <button
          type="submit"
          form="name-view"
          className="button primary"
          disabled={name.trim() === '' || name.length > NAME_MAX}
        >
          Save
        </button>
      }
    >
      <form id="name-view" className="field" onSubmit={submit}>
        <label htmlFor="view-name">Name</label>
        <input
          id="view-name"
          className="input"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TooLong text={name} max={NAME_MAX} />
        <span className="hint">Kept in this browser. To share a view, send its address.</span>
      </form>
    </Dialog>
  );
};
