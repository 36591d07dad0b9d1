import type { Forest } from '../forest.js';
import type { Taken } from './elements.js';
import type { Reading } from './rules.js';
import type { Access } from './source.js';

/** One arrow that a relationship is read as; the suffix tells apart two from the same one. */
export type Edge = {
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly suffix?: string;
  /** What was assumed where the file does not say it. */
  readonly assumed?: string;
};
/** Why a relationship is not taken. */
export type Skip = { readonly skip: string; readonly why: string };
/** Two elements that a relationship connects. */
export type Ends = { readonly source: Taken; readonly target: Taken };

/** A relationship that is not taken. */
export const skip = (kind: string, why: string): Skip => ({ skip: `relation-${kind}`, why });

const OWN_PART = skip('to-itself', 'an application does not rely on its own parts');

const accessEdges = (access: Access, from: string, to: string): readonly Edge[] => {
  switch (access) {
    case 'read':
      return [{ type: 'reads', from, to }];
    case 'write':
      return [{ type: 'writes', from, to }];
    case 'read_write':
      return ['reads', 'writes'].map((type) => ({ type, from, to, suffix: type }));
    case 'unspecified':
      return [{ type: 'reads', from, to, assumed: 'the access is unspecified; read as reads' }];
    case 'not_said':
      // What Archi takes it for; its exports to version 2 of the exchange format never say it.
      return [{ type: 'writes', from, to, assumed: 'no type of access is given; read as writes' }];
  }
};

const secondParent = (
  type: string | undefined,
  { source, target }: Ends,
  forest: Forest,
): readonly Edge[] | Skip => {
  const parent = forest.parentOf(target.id);
  if (parent === undefined) return skip('circular', 'its source is itself below its target');
  if (parent === source.id)
    return skip('repeated', 'an earlier relationship says already what it is a part of');
  if (type) return [{ type, from: source.id, to: target.id }];
  return skip('second-parent', 'its target is a part of something else already');
};

/** The arrows that a relationship is read as; none = it says what something is a part of. */
export const edgesOf = (
  reading: Reading,
  ends: Ends,
  given: { readonly forest: Forest; readonly access: Access; readonly isParting: boolean },
): readonly Edge[] | Skip => {
  const { forest } = given;
  const [from, to] = [ends.source.id, ends.target.id];
  switch (reading.as) {
    case 'parent':
      return given.isParting ? [] : secondParent(reading.second, ends, forest);
    case 'part_of_part':
      return given.isParting
        ? []
        : skip('second-parent', 'its target belongs to an application already');
    case 'access':
      return accessEdges(given.access, from, to);
    case 'relation':
      if (forest.parentOf(from) === to) return OWN_PART;
      return [
        reading.reversed
          ? { type: reading.type, from: to, to: from }
          : { type: reading.type, from, to },
      ];
    case 'relies_on_owner': {
      const owner = forest.parentOf(from)!;
      return owner === to ? OWN_PART : [{ type: 'depends_on', from: to, to: owner }];
    }
    case 'within_application':
      if (forest.parentOf(from) === forest.parentOf(to)) return [{ type: reading.type, from, to }];
      return skip(
        'across-applications',
        'an interface serves services of its own application only',
      );
  }
};
