import {
  ImportError,
  type ImportNote,
  type SourceFile,
} from '../src/operate/importing/importer.js';
import { charsOf } from './chars-of.js';
import { cut } from './cut.js';
import type { Model } from './model.js';

/** What a model may hold: ten times what the largest real ones do. */
const ELEMENTS_MAX = 50_000;
const RELATIONS_MAX = 150_000;
/**
 * Characters of all that a model says. What is written once, a default of a mapping or what an
 * alias repeats, counts wherever it stands: it is sent and reported that often.
 */
const MODEL_CHARS_MAX = 64 * 1024 * 1024;
/** Notes that are kept, each of those that were left out and those on how things were read. */
const NOTES_MAX = 50_000;
/** Characters of one of them, and of all. */
const NOTE_CHARS_MAX = 1_000;
const NOTES_CHARS_MAX = 16 * 1024 * 1024;

const few = (notes: readonly ImportNote[]): readonly ImportNote[] => {
  const kept: ImportNote[] = [];
  let chars = 0;
  for (const { where, kind, message } of notes.slice(0, NOTES_MAX)) {
    const short = message.length > NOTE_CHARS_MAX ? `${cut(message, NOTE_CHARS_MAX)} …` : message;
    chars += where.length + short.length;
    if (chars > NOTES_CHARS_MAX) break;
    kept.push({ where, kind, message: short });
  }
  if (kept.length === notes.length) return kept;
  const message = `and ${notes.length - kept.length} more notes, which are not kept`;
  return [...kept, { where: 'all files', kind: 'more', message }];
};

const isTooLong = ({ elements, relations }: Model): boolean => {
  let chars = 0;
  for (const some of [elements, relations])
    for (const one of some) {
      chars += charsOf(one);
      if (chars > MODEL_CHARS_MAX) return true;
    }
  return false;
};

/** A model that is not larger than what is compared and sent in one go. @throws ImportError */
export const bounded = (model: Model, files: readonly SourceFile[]): Model => {
  const { elements, relations, skipped, notes } = model;
  const tooLarge = (wrong: string, expected: string): ImportError =>
    new ImportError({
      code: 'TOO_LARGE',
      file: files[0]?.path ?? 'model',
      wrong,
      expected: `at most ${expected}: import it in parts`,
    });
  if (elements.length > ELEMENTS_MAX || relations.length > RELATIONS_MAX)
    throw tooLarge(
      `holds ${elements.length} elements and ${relations.length} relations`,
      `${ELEMENTS_MAX} elements and ${RELATIONS_MAX} relations`,
    );
  if (isTooLong(model))
    throw tooLarge(
      `says too much of its ${elements.length} elements and ${relations.length} relations, what is repeated for each of them counted each time`,
      `${MODEL_CHARS_MAX} characters`,
    );
  return { ...model, skipped: few(skipped), notes: few(notes) };
};
