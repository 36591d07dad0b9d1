import { ImportError, type ImportNote, type SourceFile } from './importer.js';
import type { Model } from './model.js';

/** What a model may hold: ten times what the largest real ones do. */
const ELEMENTS_MAX = 50_000;
const RELATIONS_MAX = 150_000;
/** Notes that are kept, each of those that were left out and those on how things were read. */
const NOTES_MAX = 50_000;

const few = (notes: readonly ImportNote[]): readonly ImportNote[] =>
  notes.length <= NOTES_MAX
    ? notes
    : [
        ...notes.slice(0, NOTES_MAX),
        {
          where: 'all files',
          kind: 'more',
          message: `and ${notes.length - NOTES_MAX} more notes, which are not kept`,
        },
      ];

/** A model that is not larger than what is compared and sent in one go. @throws ImportError */
export const bounded = (model: Model, files: readonly SourceFile[]): Model => {
  const { elements, relations, skipped, notes } = model;
  if (elements.length > ELEMENTS_MAX || relations.length > RELATIONS_MAX)
    throw new ImportError({
      ...{ code: 'TOO_LARGE', file: files[0]?.path ?? 'model' },
      wrong: `holds ${elements.length} elements and ${relations.length} relations`,
      expected: `at most ${ELEMENTS_MAX} elements and ${RELATIONS_MAX} relations: import it in parts`,
    });
  return { ...model, skipped: few(skipped), notes: few(notes) };
};
