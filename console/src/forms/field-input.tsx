import { useId } from 'react';
import { referentOfField } from '../names/referent.js';
import { ShownValue } from '../names/shown-value.js';
import { useReferents } from '../names/use-name.js';
import { TooLong } from '../ui/too-long.js';
import { type Draft, emptyDraft } from './draft.js';
import { hintOf, inside, type Place, wrongAt } from './place.js';
import { ReferenceInput } from './reference-input.js';
import { ScalarInput } from './scalar-input.js';
import type { Field, Shape, ShapeOf } from './shape-of.js';
import { TextsInput } from './texts-input.js';
import { wordsOf } from './words-of.js';

type Props = {
  readonly field: Field;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly place: Place;
  /** The value of another field of the same object, as text. */
  readonly beside?: (name: string) => unknown;
};

/** What was chosen in a field, as text. */
const saidIn = (shape: Shape | undefined, draft: Draft | undefined): unknown => {
  if (draft?.kind !== 'text') return undefined;
  return shape?.kind === 'choice' ? shape.options[Number(draft.text || Number.NaN)] : draft.text;
};

/** The fields of an object, one under the other. */
export const Fields = ({
  shape,
  draft,
  onDraft,
  place,
}: {
  readonly shape: ShapeOf<'object'>;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly place: Place;
}) => {
  const fields = draft.kind === 'object' ? draft.fields : {};
  const beside = (name: string): unknown =>
    saidIn(shape.fields.find((one) => one.name === name)?.shape, fields[name]);
  return (
    <div className="stack fields">
      {shape.fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          beside={beside}
          draft={fields[field.name] ?? emptyDraft(field.shape)}
          place={{ ...inside(place, field.name), now: place.now }}
          onDraft={(next) => onDraft({ kind: 'object', fields: { ...fields, [field.name]: next } })}
        />
      ))}
    </div>
  );
};

const Items = ({
  shape,
  draft,
  onDraft,
  place,
  label,
}: {
  readonly shape: ShapeOf<'list'>;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly place: Place;
  readonly label: string;
}) => {
  const items = draft.kind === 'list' ? draft.items : [];
  const change = (next: readonly Draft[]): void => onDraft({ kind: 'list', items: next });
  return (
    <div className="stack">
      {items.map((one, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the list
        <div key={nth} className="list-item">
          <FieldInput
            field={{ name: `${label} ${nth + 1}`, required: true, shape: shape.item }}
            draft={one}
            place={inside(place, nth)}
            onDraft={(next) => change(items.map((old, other) => (other === nth ? next : old)))}
          />
          <button
            type="button"
            className="button small"
            onClick={() => change(items.filter((_, other) => other !== nth))}
          >
            Remove
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button small add-item"
        disabled={shape.max !== undefined && items.length >= shape.max}
        onClick={() => change([...items, emptyDraft(shape.item)])}
      >
        Add one
      </button>
    </div>
  );
};

const Variants = ({
  shape,
  draft,
  onDraft,
  place,
  id,
}: {
  readonly shape: ShapeOf<'variants'>;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly place: Place;
  readonly id: string;
}) => {
  const at = draft.kind === 'variant' ? draft.at : -1;
  const chosen = shape.variants[at];
  const choose = (next: number): void => {
    const found = shape.variants[next];
    onDraft({
      kind: 'variant',
      at: found ? next : -1,
      inner: found ? emptyDraft(found.shape) : { kind: 'text', text: '' },
    });
  };
  return (
    <div className="stack">
      <select
        id={id}
        className="input"
        value={at < 0 ? '' : at}
        onChange={({ target }) => choose(target.value === '' ? -1 : Number(target.value))}
      >
        <option value="">–</option>
        {shape.variants.map(({ label }, nth) => (
          <option key={label} value={nth}>
            {label}
          </option>
        ))}
      </select>
      {chosen && draft.kind === 'variant' && (
        <FieldInput
          field={{ name: chosen.label, required: true, shape: chosen.shape }}
          draft={draft.inner}
          place={place}
          onDraft={(inner) => onDraft({ kind: 'variant', at, inner })}
        />
      )}
    </div>
  );
};

const isTexts = (shape: Shape): shape is ShapeOf<'list'> =>
  shape.kind === 'list' && shape.item.kind === 'text';

const Input = ({
  id,
  described,
  ...props
}: Props & { readonly id: string; readonly described: string | undefined }) => {
  const referents = useReferents();
  const { field, draft, onDraft, place, beside } = props;
  const { shape, name, required } = field;
  const label = wordsOf(name);
  if (isTexts(shape) && draft.kind === 'list')
    return (
      <TextsInput
        id={id}
        label={label}
        shape={shape}
        draft={draft}
        onDraft={onDraft}
        place={place}
        describedBy={described}
      />
    );
  if (shape.kind === 'list')
    return <Items shape={shape} draft={draft} onDraft={onDraft} place={place} label={label} />;
  if (shape.kind === 'object')
    return <Fields shape={shape} draft={draft} onDraft={onDraft} place={place} />;
  if (shape.kind === 'variants')
    return <Variants shape={shape} draft={draft} onDraft={onDraft} place={place} id={id} />;
  const input = {
    id,
    required,
    describedBy: described,
    invalid: wrongAt(place) !== undefined,
    text: draft.kind === 'text' ? draft.text : '',
    onText: (text: string) => onDraft({ kind: 'text', text }),
  };
  const kind = shape.kind === 'text' ? referentOfField(referents, name, beside) : undefined;
  return kind ? (
    <ReferenceInput {...input} kind={kind} />
  ) : (
    <ScalarInput {...input} shape={shape} />
  );
};

/** One field of a form, whatever it asks for: its name, its input, its hint, what is wrong. */
export const FieldInput = (props: Props) => {
  const { field, place } = props;
  const { shape } = field;
  const id = useId();
  const wrong = wrongAt(place);
  const hint = hintOf(field);
  const now = place.now?.[field.name];
  const group =
    field.shape.kind === 'object' || (field.shape.kind === 'list' && !isTexts(field.shape));
  const said = [hint, wrong].some(Boolean) ? `${id}-said` : undefined;
  const name = (
    <>
      {wordsOf(field.name)}{' '}
      {field.required ? (
        <span className="needed">
          <span aria-hidden="true">*</span>
          <span className="visually-hidden">needed</span>
        </span>
      ) : (
        <span className="faint">optional</span>
      )}
    </>
  );
  const rest = (
    <>
      <Input {...props} id={id} described={said} />
      {!wrong &&
        shape.kind === 'text' &&
        shape.maxLength !== undefined &&
        props.draft.kind === 'text' && <TooLong text={props.draft.text} max={shape.maxLength} />}
      {said && (
        <span id={said}>
          {hint && <span className="hint">{hint}</span>}
          {wrong && <span className="wrong">{wrong}</span>}
        </span>
      )}
      {now !== undefined && now !== null && (
        <span className="hint">
          Now: <ShownValue name={field.name} value={now} beside={place.now ?? {}} />
        </span>
      )}
    </>
  );
  return group ? (
    <fieldset className="field group">
      <legend>{name}</legend>
      {rest}
    </fieldset>
  ) : (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {rest}
    </div>
  );
};
