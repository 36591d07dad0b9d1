import { Classification } from '../../actors/shared.js';
import { byName } from '../by-name.js';

/** What the overview needs to know of a data entity. */
type Governed = {
  readonly id: string;
  readonly name: string;
  readonly classification: Classification;
  readonly pii_flag: boolean;
  readonly missing: readonly string[];
  readonly reader_count: number;
  readonly writer_count: number;
  readonly deleted: boolean;
};

const isDelicate = ({ pii_flag, classification }: Governed): boolean =>
  pii_flag || classification === 'restricted';

const count = (all: readonly Governed[], wanted: (one: Governed) => boolean): number =>
  all.filter(wanted).length;
const lacks = (field: string) => (one: Governed) => one.missing.includes(field);

/**
 * What data there is per classification and what nobody looks after. `attention` lists personal and
 * restricted data of which something is not said.
 */
export function* overview(documents: readonly Governed[], _: Readonly<Record<string, never>>) {
  const present = documents.filter(({ deleted }) => !deleted);
  const classifications = [];
  for (const classification of Classification.options) {
    yield;
    const all = present.filter((one) => one.classification === classification);
    classifications.push({
      classification,
      data_entities: all.length,
      personal: count(all, ({ pii_flag }) => pii_flag),
      without_retention: count(all, lacks('retention')),
      without_owner: count(all, lacks('owner')),
      without_steward: count(all, lacks('steward')),
      unused: count(all, (one) => one.reader_count + one.writer_count === 0),
    });
  }
  const attention = yield* byName(
    present.filter((one) => isDelicate(one) && one.missing.length > 0),
    ({ id }) => id,
  );
  return {
    classifications,
    attention: attention.map(({ id, name, classification, pii_flag, missing }) => ({
      id,
      name,
      classification,
      pii_flag,
      missing,
    })),
  };
}
