import { z } from 'zod';
import { ImportError, type SourceFile } from '../importer.js';
import { readYaml } from '../yaml-file.js';

const KINDS = [
  ...(['application', 'business_capability', 'organization', 'server'] as const),
  ...(['data_entity', 'service', 'interface', 'integration'] as const),
] as const;
const Kind = z.enum(KINDS);
const Text = z.string().min(1);
/** A table has some tens of columns; a mapping says a few words of each. */
const MAPPING_BYTES_MAX = 1024 * 1024;

/** Where a value comes from: a column, or the same for all rows; and how it is read. */
const Value = z.union([
  Text.transform((column) => ({ column })),
  z
    .strictObject({
      column: Text.optional(),
      /** What stands in the column, and what that means. */
      map: z
        .record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()]))
        .optional(),
      /** Where the column is empty, or for all rows when there is no column. */
      default: z.union([z.string(), z.boolean(), z.number(), z.array(z.string())]).optional(),
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
    ...{ code: 'MAPPING_WRONG', file: document?.where(...path) ?? file.path },
    wrong: `${path.join('.') || 'the mapping'}: ${issue!.message}`,
    expected: `source, kind (${KINDS.join(', ')}), key, name, and perhaps fields and relations`,
  });
};
