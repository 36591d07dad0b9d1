import type { ImportNote } from '../src/operate/importing/importer.js';

/** What an element of a landscape is, whatever the tool it comes from calls it. */
export type ElementKind =
  | 'business_capability'
  | 'application'
  | 'service'
  | 'interface'
  | 'organization'
  | 'server'
  | 'data_entity'
  | 'integration';

/** Fields by the names that resources have, such as `owner`, `lifecycle` or `tags`. */
export type Fields = Readonly<Record<string, unknown>>;

/** One thing of a landscape. */
export type ModelElement = {
  /** Its id in the source; stays the same when the source is exported again. */
  readonly key: string;
  readonly kind: ElementKind;
  readonly name: string;
  readonly description: string | null;
  /** Of a capability or an organization the one above; of a service or an interface its application. */
  readonly parent_key: string | null;
  /** What else the source says, and nothing that it does not say. */
  readonly fields: Fields;
  /** File and line. */
  readonly where: string;
};

/** One arrow of a landscape. Both ends are elements of the same model. */
export type ModelRelation = {
  /** Its id in the source; one that was read as two has a suffix, such as `id-7#writes`. */
  readonly key: string;
  /** A relation type of the matrix, or what becomes a command on an application: `deployed_on`. */
  readonly type: string;
  readonly source_key: string;
  readonly target_key: string;
  /** What else the source says, such as `description`, `label` or `effective_from`. */
  readonly fields: Fields;
  /** File and line. */
  readonly where: string;
};

/** A landscape as one file or folder holds it, before anything is decided about it. */
export type Model = {
  /** Whose keys these are: the model's own id. A changed export of it has the same. */
  readonly source: string;
  /** What was recognised, for people: `archimate-3`, `open-exchange-3`, … */
  readonly format: string;
  /** In the order of the source, but what is above comes before what is below. */
  readonly elements: readonly ModelElement[];
  readonly relations: readonly ModelRelation[];
  /** Each element, relation and property that was not taken, with the reason. */
  readonly skipped: readonly ImportNote[];
  /** How things were read: names that were changed, values that were assumed. */
  readonly notes: readonly ImportNote[];
  /** How many of each the source holds, by its own words: `ApplicationComponent: 10`. */
  readonly counts: Readonly<Record<string, number>>;
};
