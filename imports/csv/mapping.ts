import { z } from 'zod';
import { ImportError, type SourceFile } from '../../src/operate/importing/importer.js';
import { readYaml } from '../yaml-file.js';

const KINDS = [
  ...(['application', 'business_capability', 'organization', 'server'] as const),
  ...(['data_entity', 'service', 'interface', 'integration'] as const),
] as const;
const Kind = z.enum(KINDS);
/** Characters of a name of a column, and of what else a mapping says once. */
const TEXT_CHARS_MAX = 1_024;
const Text = z.string().min(1).max(TEXT_CHARS_MAX);
/** A table has some tens of columns; a mapping says a few words of each. */
const MAPPING_BYTES_MAX = 1024 * 1024;
/** Kinds of relations that the rows of a table have: each makes one for each row. */
const RELATION_RULES_MAX = 64;
/**
 * Characters of a value that a mapping gives to rows: the longest that a field holds, 50 tags or
 * contacts with 255 characters each. It is said once and may count for every row.
 */
const GIVEN_CHARS_MAX = 16_384;
const Given = z.string().max(GIVEN_CHARS_MAX);
const GivenList = z
  .array(z.string())
  .refine(
    (all) => all.reduce((sum, { length }) => sum + length, 0) <= GIVEN_CHARS_MAX,
    `expected at most ${GIVEN_CHARS_MAX} characters in all`,
  );

/** Where a value comes from: a column, or the same for all rows; and how it is read. */
const Value = z.union([
  Text.transform((column) => ({ column })),
  z
    .strictObject({
      column: Text.optional(),
      /** What stands in the column, and what that means. */
      map: z.record(z.string(), z.union([Given, z.boolean(), z.number(), z.null()])).optional(),
      /** Where the column is empty, or for all rows when there is no column. */
      default: z.union([Given, z.boolean(), z.number(), GivenList]).optional(),
      /** The column holds several, with this between them. */
      split: Text.optional(),
    })
    .refine(
      ({ column, default: value }) => column !== undefined || value !== undefined,
      'expected a column, a default, or both',
    ),
]);
export type Value = {
  readonly column?: string | undefined;
  readonly map?: Readonly<Record<string, string | boolean | number | null>> | undefined;
  readonly default?: string | boolean | number | readonly string[] | undefined;
  readonly split?: string | undefined;
};

const Mapping = z.strictObject({
  /** Whose keys these are: later exports of the same list say the same. */
  source: Text,
  /** What a row is; or the column that says so, and what its values mean. */
  kind: z.union([Kind, z.strictObject({ column: Text, map: z.record(z.string(), Kind) })]),
  /** Where no byte order mark says it. */
  encoding: z
    .enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'])
    .default('utf-8'),
  separator: z.string().length(1).default(','),
  quote: z.string().length(1).default('"'),
  key: Text,
  name: Text,
  description: Text.optional(),
  /** The key of the one above, or of the application that has it. */
  parent: Text.optional(),
  fields: z.record(z.string(), Value).default({}),
  relations: z
    .array(
      z.strictObject({
        type: Text,
        column: Text,
        split: Text.optional(),
        /** Whether the column holds keys or names. */
        by: z.enum(['key', 'name']).default('key'),
      }),
    )
    .max(RELATION_RULES_MAX)
    .default([]),
});
export type Mapping = z.output<typeof Mapping>;

/** A mapping file, YAML or JSON. @throws ImportError naming the field that is wrong */
export const readMapping = (file: SourceFile): Mapping => {
  const [document] = readYaml(file, { bytesMax: MAPPING_BYTES_MAX });
  const parsed = Mapping.safeParse(document?.value ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue!.path.map(String);
  throw new ImportError({
    code: 'MAPPING_WRONG',
    file: document?.where(...path) ?? file.path,
    wrong: `${path.join('.') || 'the mapping'}: ${issue!.message}`,
    expected: `source, kind (${KINDS.join(', ')}), key, name, and perhaps fields and relations`,
  });
};
