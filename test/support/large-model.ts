/** How many of everything a made-up model holds, and what is wrong with it. */
export type LargeModel = {
  readonly text: string;
  readonly elements: number;
  readonly relations: number;
  /** Applications that share their name with another one. */
  readonly duplicates: number;
  /** Relations that lead to something the model does not hold. */
  readonly dangling: number;
  /** Relations that give a capability a second parent. */
  readonly secondParents: number;
  /** Capabilities and organizations that stand below another one. */
  readonly placed: number;
  /** Events that it takes: each is one element, or one relation that is taken by itself. */
  readonly events: number;
};

const CAPABILITIES = 300;
const ORGANIZATIONS = 100;
const NODES = 400;
const DATA_OBJECTS = 600;
const APPLICATIONS = 1_600;
const RELATIONS = 6_000;
/** How much of 3,000 elements and 6,000 relations is made up unless all of it is asked for. */
const SHARE = process.env.STELE_TEST_LARGE === '1' ? 1 : 1 / 15;
const DUPLICATE_EVERY = 40;
const DANGLING_EVERY = 100;
const SECOND_PARENTS_MAX = 10;

/** The same numbers every time: a test that fails can be run again. */
const dice = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
};

/** An ArchiMate model as Archi saves it: elements and about twice as many relations, and common mistakes. */
export const largeModel = (name = 'Large', share = SHARE): LargeModel => {
  const some = (count: number): number => Math.round(count * share);
  const [capabilities, organizations, nodes] = [CAPABILITIES, ORGANIZATIONS, NODES].map(some) as [
    ...[number, number, number],
  ];
  const [data, applications, all] = [DATA_OBJECTS, APPLICATIONS, RELATIONS].map(some) as [
    ...[number, number, number],
  ];
  const secondParents = Math.min(SECOND_PARENTS_MAX, Math.floor(capabilities / 10));
  const next = dice(42);
  const pick = (count: number): number => Math.floor(next() * count);
  const elements: string[] = [];
  const relations: string[] = [];
  const seen = new Set<string>();
  const element = (type: string, id: string, label: string): void =>
    void elements.push(`<element xsi:type="archimate:${type}" name="${label}" id="${id}"/>`);
  const relation = (type: string, source: string, target: string, more = ''): boolean => {
    const edge = `${type} ${source} ${target}`;
    if (source === target || seen.has(edge)) return false;
    seen.add(edge);
    relations.push(
      `<element xsi:type="archimate:${type}" id="r-${relations.length}" source="${source}" target="${target}"${more}/>`,
    );
    return true;
  };
  for (let i = 0; i < capabilities; i++) element('Capability', `cap-${i}`, `Capability ${i}`);
  for (let i = 0; i < organizations; i++) element('BusinessActor', `org-${i}`, `Department ${i}`);
  for (let i = 0; i < nodes; i++) element('Node', `node-${i}`, `node-${i}.example.org`);
  for (let i = 0; i < data; i++) element('DataObject', `data-${i}`, `Data ${i % 500}`);
  let duplicates = 0;
  for (let i = 0; i < applications; i++) {
    const again = i > 0 && i % DUPLICATE_EVERY === 0;
    if (again) duplicates += 1;
    element(
      'ApplicationComponent',
      `app-${i}`,
      again ? `Application ${i - 1}` : `Application ${i}`,
    );
  }
  for (let i = 1; i < capabilities; i++)
    relation('CompositionRelationship', `cap-${Math.floor((i - 1) / 4)}`, `cap-${i}`);
  for (let i = 0; i < secondParents; i++)
    relation(
      'CompositionRelationship',
      `cap-${Math.floor(capabilities * 0.9) + i}`,
      `cap-${Math.floor(capabilities / 3) + i}`,
    );
  for (let i = 1; i < organizations; i++)
    relation('CompositionRelationship', `org-${Math.floor((i - 1) / 5)}`, `org-${i}`);
  const placed = capabilities - 1 + organizations - 1;
  let dangling = 0;
  while (relations.length < all) {
    const app = `app-${pick(applications)}`;
    if (relations.length % DANGLING_EVERY === 0) {
      if (relation('FlowRelationship', app, `gone-${dangling}`)) dangling += 1;
      continue;
    }
    const kind = pick(5);
    if (kind === 0) relation('FlowRelationship', app, `app-${pick(applications)}`);
    else if (kind === 1) relation('ServingRelationship', app, `app-${pick(applications)}`);
    else if (kind === 2)
      relation('AccessRelationship', app, `data-${pick(data)}`, ' accessType="1"');
    else if (kind === 3) relation('RealizationRelationship', app, `cap-${pick(capabilities)}`);
    else relation('AssignmentRelationship', `node-${pick(nodes)}`, app);
  }
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:archimate="http://www.archimatetool.com/archimate" name="${name}" id="id-large" version="5.0.0">
<folder name="All" id="f-1" type="application">
${elements.join('\n')}
</folder>
<folder name="Relations" id="f-2" type="relations">
${relations.join('\n')}
</folder>
</archimate:model>
`;
  return {
    text,
    elements: elements.length,
    relations: relations.length,
    duplicates,
    dangling,
    secondParents,
    placed,
    events: elements.length + relations.length - dangling - secondParents - placed,
  };
};
