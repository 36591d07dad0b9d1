/** A thing of the landscape as reports name it. */
export type Named = {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
};

export const keyOf = ({ type, id }: Pick<Named, 'type' | 'id'>): string => `${type}:${id}`;

/** What is known to nobody but the relation that names it has no name. */
export const nameOf = ({ name, id }: Pick<Named, 'name' | 'id'>): string => name || id;

/** The aggregate type of an element, in the order in which kinds are told. Parts have none. */
const KINDS: Readonly<Record<string, { readonly aggregate?: string; readonly words: Words }>> = {
  application: { aggregate: 'Application', words: ['application', 'applications'] },
  application_service: { words: ['service', 'services'] },
  application_interface: { words: ['interface', 'interfaces'] },
  integration: { aggregate: 'Integration', words: ['integration', 'integrations'] },
  data_entity: { aggregate: 'DataEntity', words: ['data entity', 'data entities'] },
  server: { aggregate: 'Server', words: ['server', 'servers'] },
  business_capability: { aggregate: 'BusinessCapability', words: ['capability', 'capabilities'] },
  organization: { aggregate: 'Organization', words: ['organization', 'organizations'] },
};
type Words = readonly [one: string, many: string];

export const KIND_ORDER: readonly string[] = Object.keys(KINDS);

export const aggregateOf = (type: string): string | undefined => KINDS[type]?.aggregate;

/** `application`, `data entity`. */
export const kindWord = (type: string): string =>
  KINDS[type]?.words[0] ?? type.replaceAll('_', ' ');

/** `1 server`, `1,204 applications`. */
export const countOf = (count: number, type: string): string => {
  const [one, many] = KINDS[type]?.words ?? [type, type];
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
};

/** `53 applications, 8 capabilities and 1 server`. */
export const countsInWords = (by: Readonly<Record<string, number>>): string => {
  const all = KIND_ORDER.flatMap((type) => (by[type] ? [countOf(by[type], type)] : []));
  return all.length < 2
    ? (all[0] ?? 'nothing')
    : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
};
