import { useId } from 'react';
import { useRouter } from 'wouter';
import type { Page } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { useKindOf } from '../api/use-kinds.js';
import { approvals, type Covered } from './approvals.js';
import { type Place, wrongAt } from './place.js';

export type Written = { readonly justification: string; readonly approval: string };
type Approval = { readonly id: string; readonly title?: string };

const FOUND_MAX = 50;

/** Approvals there are, and the way to ask for one. */
const Known = ({ list, covered }: { readonly list: string; readonly covered: Covered }) => {
  const known = approvals();
  const { base } = useRouter();
  const kind = useKindOf(known?.plural);
  const { data } = useAnswer<Page<Approval>>(
    known ? `/${known.plural}` : null,
    { ...known?.usable, limit: FOUND_MAX },
    { follows: kind ? [kind.type] : [] },
  );
  if (!known) return null;
  const asked = new URLSearchParams({
    new: known.command,
    data: JSON.stringify(known.request(covered)),
  });
  return (
    <>
      <datalist id={list}>
        {data?.items.map(({ id, title }) => (
          <option key={id} value={id}>
            {title ?? id}
          </option>
        ))}
      </datalist>
      <span className="hint">
        {data?.items.length === 0 ? 'There is none that can be used. ' : ''}
        {/* The form that it is for stays as it was filled in. */}
        <a href={`${base}/things/${known.plural}?${asked}`} target="_blank" rel="noreferrer">
          Ask for one<span className="visually-hidden"> in another tab</span>
        </a>
      </span>
    </>
  );
};

/** Why, and who allowed it. */
export const Papers = ({
  sensitive,
  approval,
  covered,
  written,
  onWritten,
  errors,
}: {
  readonly sensitive: boolean;
  readonly approval: boolean;
  readonly covered: Covered;
  readonly written: Written;
  readonly onWritten: (written: Written) => void;
  readonly errors: Place['errors'];
}) => {
  const id = useId();
  const why = wrongAt({ path: 'metadata.business_justification', errors });
  const who = wrongAt({ path: 'metadata.approval_id', errors });
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-why`}>
          Why{' '}
          {sensitive ? (
            <span className="needed">* needed: this is sensitive</span>
          ) : (
            <span className="faint">optional</span>
          )}
        </label>
        <textarea
          id={`${id}-why`}
          className="input"
          required={sensitive}
          aria-invalid={why !== undefined}
          aria-describedby={`${id}-why-said`}
          value={written.justification}
          onChange={({ target }) => onWritten({ ...written, justification: target.value })}
        />
        <span id={`${id}-why-said`}>
          <span className="hint">The business justification; it stays in the history.</span>
          {why && <span className="wrong">{why}</span>}
        </span>
      </div>
      {approval && (
        <div className="field">
          <label htmlFor={`${id}-who`}>
            Approval <span className="needed">* needed: somebody else must allow this</span>
          </label>
          <input
            id={`${id}-who`}
            className="input"
            required
            list={`${id}-known`}
            autoComplete="off"
            placeholder="The id of the approval"
            aria-invalid={who !== undefined}
            aria-describedby={who ? `${id}-who-said` : undefined}
            value={written.approval}
            onChange={({ target }) => onWritten({ ...written, approval: target.value })}
          />
          {who && (
            <span id={`${id}-who-said`} className="wrong">
              {who}
            </span>
          )}
          <Known list={`${id}-known`} covered={covered} />
        </div>
      )}
    </>
  );
};
