import { useState } from 'react';
import type { Draft } from './draft.js';
import { inside, type Place, wrongAt } from './place.js';
import type { ShapeOf } from './shape-of.js';

type Texts = Extract<Draft, { readonly kind: 'list' }>;

const textIn = (draft: Draft): string => (draft.kind === 'text' ? draft.text : '');

/** A list of texts: each is added by Enter, a comma or leaving the field, removed by its button. */
export const TextsInput = ({
  id,
  label,
  shape,
  draft,
  onDraft,
  place,
  describedBy,
}: {
  readonly id: string;
  readonly label: string;
  readonly shape: ShapeOf<'list'>;
  readonly draft: Texts;
  readonly onDraft: (draft: Draft) => void;
  readonly place: Place;
  readonly describedBy: string | undefined;
}) => {
  const [typed, setTyped] = useState('');
  const full = shape.max !== undefined && draft.items.length >= shape.max;
  const add = (text: string): void => {
    const said = text.trim();
    setTyped('');
    if (said === '' || draft.items.some((one) => textIn(one) === said)) return;
    onDraft({ kind: 'list', items: [...draft.items, { kind: 'text', text: said }] });
  };
  const remove = (nth: number): void =>
    onDraft({ kind: 'list', items: draft.items.filter((_, other) => other !== nth) });
  return (
    <div className="texts">
      {draft.items.map((one, nth) => (
        <span
          key={textIn(one)}
          className={wrongAt(inside(place, nth)) ? 'chip wrong-chip' : 'chip'}
          title={wrongAt(inside(place, nth))}
        >
          {textIn(one)}
          <button type="button" aria-label={`Remove ${textIn(one)}`} onClick={() => remove(nth)}>
            ✕
          </button>
        </span>
      ))}
      <input
        id={id}
        className="input"
        aria-describedby={describedBy}
        aria-label={`Add to ${label}`}
        placeholder={full ? `${shape.max} at most` : 'Type one and press Enter'}
        disabled={full}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={() => add(typed)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ',') return;
          if (typed.trim() === '') return;
          event.preventDefault();
          add(typed);
        }}
      />
    </div>
  );
};
