import type { Field, Shape } from './shape-of.js';

/** What stands in a form while it is filled in: not yet a value, and maybe never one. */
export type Draft =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Draft[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Draft>> }
  /** `at` is the variant that was chosen; -1: none. */
  | { readonly kind: 'variant'; readonly at: number; readonly inner: Draft };

export type Wrong = { readonly field: string; readonly message: string };
/** What a draft says: a value, nothing, or what is wrong with it. */
type Built =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wrong'; readonly errors: readonly Wrong[] };

const NOTHING: Built = { kind: 'nothing' };
const text = (said: string): Draft => ({ kind: 'text', text: said });
const value = (said: unknown): Built => ({ kind: 'value', value: said });
const wrong = (field: string, message: string): Built => ({
  kind: 'wrong',
  errors: [{ field, message }],
});
const under = (path: string, name: string | number): string =>
  path === '' ? String(name) : `${path}.${name}`;
const isRecord = (said: unknown): said is Readonly<Record<string, unknown>> =>
  typeof said === 'object' && said !== null && !Array.isArray(said);

/** A form nobody has written into yet. */
export const emptyDraft = (shape: Shape): Draft => {
  switch (shape.kind) {
    case 'list':
      return { kind: 'list', items: [] };
    case 'object':
      return {
        kind: 'object',
        fields: Object.fromEntries(shape.fields.map((one) => [one.name, emptyDraft(one.shape)])),
      };
    case 'variants':
      return { kind: 'variant', at: -1, inner: text('') };
    default:
      return text('');
  }
};

/** Whether a value has the form of a shape: which variant it is. */
const fits = (shape: Shape, said: unknown): boolean => {
  if (said === null) return shape.nullable ?? false;
  switch (shape.kind) {
    case 'const':
      return JSON.stringify(said) === JSON.stringify(shape.value);
    case 'choice':
      return shape.options.some((one) => one === said);
    case 'text':
    case 'date':
    case 'datetime':
      return typeof said === 'string';
    case 'number':
      return typeof said === 'number' && (!shape.integer || Number.isInteger(said));
    case 'boolean':
      return typeof said === 'boolean';
    case 'list':
      return Array.isArray(said) && said.every((one) => fits(shape.item, one));
    case 'object':
      return (
        isRecord(said) &&
        Object.keys(said).every((name) => shape.fields.some((one) => one.name === name)) &&
        shape.fields.every(({ name, required, shape: inner }) =>
          said[name] === undefined ? !required : fits(inner, said[name]),
        )
      );
    case 'variants':
      return shape.variants.some((one) => fits(one.shape, said));
    case 'json':
      return true;
  }
};

/** A value as it would have been written into the form. */
export const draftOf = (shape: Shape, said: unknown): Draft => {
  if (said === null || said === undefined) return emptyDraft(shape);
  switch (shape.kind) {
    case 'choice': {
      const options: readonly unknown[] = shape.options;
      return text(String(options.indexOf(said)));
    }
    case 'datetime':
      return text(new Date(String(said)).toISOString().slice(0, 19));
    case 'json':
      return text(JSON.stringify(said, null, 2));
    case 'list':
      return Array.isArray(said)
        ? { kind: 'list', items: said.map((one) => draftOf(shape.item, one)) }
        : emptyDraft(shape);
    case 'object':
      return {
        kind: 'object',
        fields: Object.fromEntries(
          shape.fields.map((one) => [
            one.name,
            draftOf(one.shape, isRecord(said) ? said[one.name] : undefined),
          ]),
        ),
      };
    case 'variants': {
      const at = shape.variants.findIndex((one) => fits(one.shape, said));
      const found = shape.variants[at];
      return { kind: 'variant', at, inner: found ? draftOf(found.shape, said) : text('') };
    }
    default:
      return text(String(said));
  }
};

/** A moment typed without a zone is in UTC. */
const instant = (typed: string): string => `${typed.length === 16 ? `${typed}:00` : typed}Z`;

const scalarOf = (shape: Shape, typed: string, path: string): Built => {
  if (shape.kind === 'const') return value(shape.value);
  if (typed === '') return NOTHING;
  switch (shape.kind) {
    case 'choice': {
      const chosen = shape.options[Number(typed)];
      return chosen === undefined ? NOTHING : value(chosen);
    }
    case 'number': {
      const number = Number(typed);
      if (typed.trim() === '' || !Number.isFinite(number)) return wrong(path, 'is not a number');
      return shape.integer && !Number.isInteger(number)
        ? wrong(path, 'must be a whole number')
        : value(number);
    }
    case 'boolean':
      return value(typed === 'true');
    case 'datetime':
      return value(instant(typed));
    case 'json':
      try {
        return value(JSON.parse(typed));
      } catch {
        return wrong(path, 'is not JSON');
      }
    default: {
      const max = shape.kind === 'text' ? shape.maxLength : undefined;
      // Nothing is cut off in silence: what was pasted stays, and one sees what is too much.
      return max !== undefined && typed.length > max
        ? wrong(path, `has ${typed.length} characters, ${max} at most`)
        : value(typed);
    }
  }
};

/** All of some parts, or everything that is wrong with any of them. */
const gathered = (parts: readonly Built[], whole: () => unknown): Built => {
  const errors = parts.flatMap((one) => (one.kind === 'wrong' ? one.errors : []));
  return errors.length > 0 ? { kind: 'wrong', errors } : value(whole());
};

/** Whether anything was written; what is constant does not count. */
const isBlank = (draft: Draft): boolean => {
  if (draft.kind === 'text') return draft.text === '';
  if (draft.kind === 'list') return draft.items.length === 0;
  if (draft.kind === 'object') return Object.values(draft.fields).every(isBlank);
  return draft.at < 0;
};

const partsOf = (shape: Shape, draft: Draft, path: string): Built => {
  if (draft.kind === 'text') return scalarOf(shape, draft.text, path);
  if (shape.kind === 'list' && draft.kind === 'list') {
    const items = draft.items.map((one, nth) =>
      built({ name: String(nth), required: true, shape: shape.item }, one, path),
    );
    return gathered(items, () => items.map((one) => (one.kind === 'value' ? one.value : null)));
  }
  if (shape.kind === 'object' && draft.kind === 'object') {
    const parts = shape.fields.map((field) => {
      const inner = draft.fields[field.name] ?? emptyDraft(field.shape);
      return { name: field.name, part: built(field, inner, path) };
    });
    return gathered(
      parts.map(({ part }) => part),
      () =>
        Object.fromEntries(
          parts.flatMap(({ name, part }) => (part.kind === 'value' ? [[name, part.value]] : [])),
        ),
    );
  }
  if (shape.kind === 'variants' && draft.kind === 'variant') {
    const chosen = shape.variants[draft.at];
    return chosen ? partsOf(chosen.shape, draft.inner, path) : NOTHING;
  }
  return NOTHING;
};

const NEEDED: Partial<Record<Shape['kind'], string>> = {
  choice: 'choose one',
  boolean: 'say yes or no',
  variants: 'choose one',
};

const whenNothing = ({ required, shape }: Field, path: string): Built => {
  if (!required) return NOTHING;
  if (shape.nullable) return value(null);
  if (shape.kind === 'list') return value([]);
  if (shape.kind === 'text' && shape.mayBeEmpty) return value('');
  return wrong(path, NEEDED[shape.kind] ?? 'is needed');
};

/** What a field says. Left out, it is nothing where it may be, else null where that is allowed. */
const built = (field: Field, draft: Draft, above: string): Built => {
  const path = field.name === '' ? above : under(above, field.name);
  const { shape, required } = field;
  if (shape.kind === 'const') return value(shape.value);
  const whole = shape.kind === 'object' && required && !shape.nullable;
  if (!whole && isBlank(draft)) return whenNothing(field, path);
  const found = partsOf(shape, draft, path);
  return found.kind === 'nothing' ? whenNothing(field, path) : found;
};

/** The data of a form, or what keeps it from being any. */
export const valueIn = (
  shape: Shape,
  draft: Draft,
): { readonly value: unknown } | { readonly errors: readonly Wrong[] } => {
  const found = built({ name: '', required: true, shape }, draft, '');
  return found.kind === 'wrong'
    ? { errors: found.errors }
    : { value: found.kind === 'value' ? found.value : null };
};
