import { eventId, stableCommandId } from '../../src/core/ids.js';
import type { ImportCommand, ImportNote } from '../../src/operate/importing/importer.js';
import { normalized } from '../plan/place-of.js';
import type { InventoryRow } from './read-inventory.js';

/** The owner of an application for which the inventory names no team. */
export const UNASSIGNED = 'unassigned';
/** The inventory says nothing of these: our defaults. */
export const DATA_CLASSIFICATION = 'internal';
export const SERVER_CRITICALITY = 'medium';
/** The inventory lists production hosting only. */
export const ENVIRONMENT = 'prod';
/** How much of a commit's hash is shown to people. */
const SHORT_SHA_CHARS = 12;
/** Makes the ids of this importer its own. */
const NAMESPACE = 'govuk-history';

export type Commit = { readonly sha: string; readonly at: string; readonly actor: string };

type Application = {
  readonly id: string;
  /** The name that it was given: another one with that name, but for its case, has a number. */
  readonly called: string;
  readonly owner: string;
  readonly type: string | null;
  readonly hosted_on: string | null;
  /** The event that made it retired, if it is; what a later correction corrects. */
  readonly retired_by: string | null;
};

/**
 * What was imported so far. Capabilities and servers are ids, by name as names are compared where
 * each may stand once; applications by their own name.
 */
export type Imported = {
  readonly capabilities: ReadonlyMap<string, string>;
  readonly servers: ReadonlyMap<string, string>;
  readonly applications: ReadonlyMap<string, Application>;
  /** Names of applications that are gone. */
  readonly gone: ReadonlySet<string>;
};

export const NOTHING_YET: Imported = {
  capabilities: new Map(),
  servers: new Map(),
  applications: new Map(),
  gone: new Set(),
};

type Subject = {
  readonly aggregate_type: 'Application' | 'BusinessCapability' | 'Server';
  readonly id: string;
  readonly name: string;
};

type Data = ImportCommand['data'];
type Papers = Omit<ImportCommand['metadata'], 'effective_at'>;

export const shortSha = (sha: string): string => sha.slice(0, SHORT_SHA_CHARS);

/** Issues the commands of one commit and keeps them in order. */
const issuing = ({ sha, at, actor }: Commit) => {
  const commands: ImportCommand[] = [];
  const ordinals = new Map<string, number>();
  const nextOrdinal = (key: string): number => {
    const ordinal = ordinals.get(key) ?? 0;
    ordinals.set(key, ordinal + 1);
    return ordinal;
  };
  return {
    commands,
    because: `commit ${shortSha(sha)}`,
    /** What a sensitive command must carry: why, and who approved it. */
    papers: (why: string): Papers => ({
      business_justification: `GOV.UK developer docs commit ${shortSha(sha)}: ${why}`,
      approval_id: `commit:${sha}`,
    }),
    newSubject: (aggregate_type: Subject['aggregate_type'], name: string): Subject => ({
      aggregate_type,
      name,
      id: stableCommandId(NAMESPACE, 'aggregate', aggregate_type, name, sha),
    }),
    /** Returns the id of the (first) event the command will produce. */
    issue: (to: Subject, command_type: string, data: Data, papers: Papers = {}): string => {
      const { aggregate_type, id, name } = to;
      const ordinal = nextOrdinal(JSON.stringify([aggregate_type, name, command_type]));
      const parts = [NAMESPACE, sha, aggregate_type, name, command_type, String(ordinal)];
      const command_id = stableCommandId(...parts);
      commands.push({
        command_id,
        command_type,
        aggregate_type,
        aggregate_id: id,
        correlation_id: stableCommandId(NAMESPACE, 'commit', sha),
        actor,
        actor_type: 'user',
        source: 'import',
        command_timestamp: at,
        data,
        metadata: { ...papers, effective_at: at },
      });
      return eventId(command_id, 0, { aggregate_type, aggregate_id: id });
    },
  };
};
type Issuing = ReturnType<typeof issuing>;

/** The ids of all values that are known now; one that is met for the first time is created. */
const withNew = (
  known: ReadonlyMap<string, string>,
  values: readonly (string | null)[],
  create: (name: string) => Subject,
): ReadonlyMap<string, string> => {
  const all = new Map(known);
  for (const value of values)
    if (value !== null && !all.has(normalized(value))) all.set(normalized(value), create(value).id);
  return all;
};

const createCapability = (to: Issuing, name: string): Subject => {
  const subject = to.newSubject('BusinessCapability', name);
  to.issue(subject, 'CreateCapability', { name });
  return subject;
};

const createServer = (to: Issuing, hostname: string): Subject => {
  const subject = to.newSubject('Server', hostname);
  to.issue(subject, 'CreateServer', {
    hostname,
    environment: ENVIRONMENT,
    criticality: SERVER_CRITICALITY,
    platform: hostname,
  });
  return subject;
};

const idIn = (ids: ReadonlyMap<string, string>, name: string): string => {
  const id = ids.get(normalized(name));
  if (id === undefined) throw new Error(`no id for ${name}: it must be created first`);
  return id;
};

type Ids = Pick<Imported, 'capabilities' | 'servers'>;

const createApplication = (
  to: Issuing,
  row: InventoryRow,
  { ids, called }: { readonly ids: Ids; readonly called: string },
): Application => {
  const { name, type, hosted_on, retired } = row;
  const subject = to.newSubject('Application', name);
  const owner = row.owner ?? UNASSIGNED;
  const created = to.issue(subject, 'CreateApplication', {
    name: called,
    owner,
    data_classification: DATA_CLASSIFICATION,
    lifecycle: retired ? 'retired' : 'active',
    ...(type === null ? {} : { capability_id: idIn(ids.capabilities, type) }),
  });
  if (hosted_on !== null)
    to.issue(subject, 'AssignToServer', {
      server_id: idIn(ids.servers, hosted_on),
      environment: ENVIRONMENT,
    });
  const retired_by = retired ? created : null;
  return { id: subject.id, called, owner, type, hosted_on, retired_by };
};

const changeType = (to: Issuing, subject: Subject, type: string | null, ids: Ids): void => {
  if (type === null) to.issue(subject, 'RemoveCapability', { reason: to.because });
  else to.issue(subject, 'AssignCapability', { capability_id: idIn(ids.capabilities, type) });
};

type Move = { readonly from: string | null; readonly onto: string | null };

const changeHosting = (to: Issuing, subject: Subject, { from, onto }: Move, ids: Ids): void => {
  const deployment = (host: string) => ({
    server_id: idIn(ids.servers, host),
    environment: ENVIRONMENT,
  });
  if (from !== null)
    to.issue(subject, 'RemoveFromServer', { ...deployment(from), reason: to.because });
  if (onto !== null) to.issue(subject, 'AssignToServer', deployment(onto));
};

const retire = (to: Issuing, subject: Subject): string => {
  to.issue(subject, 'TransitionLifecycle', { target_lifecycle: 'deprecated' });
  return to.issue(subject, 'TransitionLifecycle', { target_lifecycle: 'retired' });
};

/** No chain leads back from retired: what the inventory took back was a mistake, so corrected. */
const unretire = (to: Issuing, subject: Subject, corrects_event_id: string): void => {
  to.issue(
    subject,
    'CorrectLifecycle',
    { corrects_event_id, corrected_value: 'active', reason: to.because },
    to.papers('no longer marked as retired'),
  );
};

/** Whether two names are of the same thing. */
const same = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && normalized(a) === normalized(b));

/** Coming back to life is first, so that the rest happens to a living one; retiring is last. */
const changeApplication = (
  to: Issuing,
  before: Application,
  row: InventoryRow,
  ids: Ids,
): Application => {
  const { name, type, hosted_on, retired } = row;
  const subject: Subject = { aggregate_type: 'Application', id: before.id, name };
  const owner = row.owner ?? UNASSIGNED;
  let { retired_by } = before;
  if (retired_by !== null && !retired) {
    unretire(to, subject, retired_by);
    retired_by = null;
  }
  if (owner !== before.owner) to.issue(subject, 'SetOwner', { owner, reason: to.because });
  if (!same(type, before.type)) changeType(to, subject, type, ids);
  if (!same(hosted_on, before.hosted_on))
    changeHosting(to, subject, { from: before.hosted_on, onto: hosted_on }, ids);
  if (retired_by === null && retired) retired_by = retire(to, subject);
  return { ...before, owner, type, hosted_on, retired_by };
};

const deleteApplication = (to: Issuing, { id }: Application, name: string): void => {
  const papers = to.papers('no longer in the inventory');
  const reason = `no longer in the inventory (${to.because})`;
  to.issue({ aggregate_type: 'Application', id, name }, 'DeleteApplication', { reason }, papers);
};

/**
 * The commands that lead from what was imported so far to the next version of the inventory
 * (each name once). New capabilities and servers come first, then deletions, which free names,
 * then each application in the order of the inventory. Pure: the same input, the same ids.
 */
export const advance = (
  before: Imported,
  rows: readonly InventoryRow[],
  commit: Commit,
): { commands: readonly ImportCommand[]; notes: readonly ImportNote[]; imported: Imported } => {
  const to = issuing(commit);
  const notes: ImportNote[] = [];
  const note = (kind: string, message: string) => notes.push({ where: to.because, kind, message });
  const capabilities = withNew(
    before.capabilities,
    rows.map(({ type }) => type),
    (name) => createCapability(to, name),
  );
  const servers = withNew(
    before.servers,
    rows.map(({ hosted_on }) => hosted_on),
    (name) => createServer(to, name),
  );
  const listed = new Set(rows.map(({ name }) => name));
  const gone = new Set(before.gone);
  for (const [name, application] of before.applications)
    if (!listed.has(name)) {
      deleteApplication(to, application, name);
      gone.add(name);
    }
  const applications = new Map<string, Application>();
  const taken = new Set(
    [...before.applications]
      .filter(([name]) => listed.has(name))
      .map(([, { called }]) => normalized(called)),
  );
  /** The name, with a number where another application has it but for its case. */
  const freeName = (name: string): string => {
    let free = name;
    for (let number = 2; taken.has(normalized(free)); number++) free = `${name} (${number})`;
    if (free !== name) note('duplicate-name', `${name} is imported as "${free}"`);
    taken.add(normalized(free));
    return free;
  };
  for (const row of rows) {
    const known = before.applications.get(row.name);
    if (known?.retired_by && !row.retired)
      note('taken-back', `${row.name} is no longer retired; read as a correction`);
    if (!known && gone.has(row.name))
      note('came-back', `${row.name} was deleted before; read as a new application`);
    const ids = { capabilities, servers };
    applications.set(
      row.name,
      known
        ? changeApplication(to, known, row, ids)
        : createApplication(to, row, { ids, called: freeName(row.name) }),
    );
  }
  return { commands: to.commands, notes, imported: { capabilities, servers, applications, gone } };
};
