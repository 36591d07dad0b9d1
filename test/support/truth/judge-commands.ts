import { normalized } from '../../../actors/shared.js';
import type { Entry, Json, Slug, Told } from './ledger.js';
import type { Moment, Span, Stand, Truth } from './truth.js';

/** Nothing was written, and nothing ever will be. */
const NOTHING_WRITTEN: ReadonlySet<string> = new Set([
  'BUSY',
  'SHUTTING_DOWN',
  'STORE_UNAVAILABLE',
  'APPEND_QUEUE_FULL',
]);
const UNKNOWN = 'OUTCOME_UNKNOWN';

const isAccepted = ({ answer }: Entry): boolean => answer.status === 200 || answer.status === 201;
/** Whoever got it cannot know whether anything was written. */
const isOpen = ({ answer }: Entry): boolean => answer.status === 0 || answer.code === UNKNOWN;

type Case = { readonly asked: Told; readonly entry: Entry<Told>; readonly truth: Truth };

const text = (value: unknown): string => String(value);

/** Applications that own what a command is about, as the aggregate says, or the command before. */
const ownedBy = ({ asked }: Case, stand: Stand | undefined): readonly string[] => {
  if (asked.slug === 'application') return [];
  const { source_app_id, target_app_id } = stand?.data ?? asked.data;
  return [source_app_id, target_app_id].filter((one) => one !== undefined).map(text);
};

/** Teams that may own something at a moment: each combination that the moment allows. */
const owners = (one: Case, stand: Stand | undefined, { application }: Moment): string[][] => {
  if (one.asked.slug === 'application') return [stand ? [text(stand.data.owner)] : []];
  return ownedBy(one, stand).reduce<string[][]>(
    (teams, id) =>
      one.truth
        .stands('application', id, application)
        .flatMap((app) =>
          teams.map((before) => (app ? [...before, text(app.data.owner)] : before)),
        ),
    [[]],
  );
};

const isForeign = (one: Case): boolean => {
  const { asked, entry, truth } = one;
  for (const moment of truth.moments(entry.begin, entry.end))
    for (const stand of truth.stands(asked.slug, asked.id, moment[asked.slug]))
      for (const teams of owners(one, stand, moment))
        if (!teams.some((team) => asked.teams?.includes(team))) return true;
  return false;
};

/** Whether an aggregate may have been so at some moment while the question was under way. */
const ever = (
  { entry, truth }: Case,
  [slug, id]: readonly [Slug, string],
  so: (stand: Stand | undefined) => boolean,
): boolean => truth.stands(slug, id, truth.span(slug, entry.begin, entry.end)).some(so);

const itself = (one: Case, so: (stand: Stand | undefined) => boolean): boolean =>
  ever(one, [one.asked.slug, one.asked.id], so);

const details = ({ entry }: Case): Json => (entry.answer.body.details ?? {}) as Json;

/** Where what a command asks for is so already. */
const IS_SO: Readonly<Record<string, (stand: Stand, asked: Json) => boolean>> = {
  RenameApplication: ({ data }, { name }) => data.name === name,
  SetOwner: ({ data }, { owner }) => data.owner === owner,
  TransitionLifecycle: ({ status }, { target_lifecycle }) => status === target_lifecycle,
  SetSla: ({ data }, { sla }) => data.sla === sla,
  RerouteSource: ({ data }, { app_id }) => data.source_app_id === app_id,
  RerouteTarget: ({ data }, { app_id }) => data.target_app_id === app_id,
};

/** The other end, which may not be rerouted to. */
const OTHER_END: Readonly<Record<string, string>> = {
  RerouteSource: 'target_app_id',
  RerouteTarget: 'source_app_id',
};

const NEXT_LIFECYCLE: Readonly<Record<string, string>> = {
  planned: 'active',
  active: 'deprecated',
  deprecated: 'retired',
};

/** Whether what a refusal says was so at some moment between question and answer. */
const REFUSALS: Readonly<Record<string, (one: Case) => boolean>> = {
  NOT_FOUND: (one) => itself(one, (stand) => stand === undefined),
  ALREADY_EXISTS: (one) => itself(one, (stand) => stand !== undefined),
  NO_CHANGE: (one) => {
    const isSo = IS_SO[one.asked.command_type];
    return !!isSo && itself(one, (stand) => !!stand && isSo(stand, one.asked.data));
  },
  SELF_REFERENCE: (one) => {
    const { [one.asked.command_type]: end } = OTHER_END;
    return end !== undefined && itself(one, (stand) => stand?.data[end] === one.asked.data.app_id);
  },
  CONCURRENCY_CONFLICT: (one) => {
    const { actual_version: actual } = details(one);
    return (
      actual !== one.asked.expected_version &&
      itself(one, (stand) => (stand?.version ?? 0) === actual)
    );
  },
  INVALID_LIFECYCLE_TRANSITION: (one) => {
    const { target_lifecycle: to } = one.asked.data;
    // What is not about the lifecycle is refused where it has come to its end.
    const wrong = ({ status }: Stand): boolean =>
      to === undefined ? status === 'retired' : NEXT_LIFECYCLE[status] !== to;
    return itself(one, (stand) => !!stand && wrong(stand));
  },
  NAME_TAKEN: (one) => {
    const { held_by: holder } = details(one);
    const wanted = normalized(text(one.asked.data.name));
    const holds = (stand: Stand | undefined) => normalized(text(stand?.data.name)) === wanted;
    return holder !== one.asked.id && ever(one, ['application', text(holder)], holds);
  },
  REFERENCE_NOT_FOUND: (one) =>
    ['app_id', 'source_app_id', 'target_app_id'].some((field) => {
      const { [field]: id } = one.asked.data;
      return typeof id === 'string' && ever(one, ['application', id], (app) => app === undefined);
    }),
  REFERENCE_RETIRED: (one) =>
    ['app_id', 'source_app_id', 'target_app_id'].some((field) => {
      const { [field]: id } = one.asked.data;
      return (
        typeof id === 'string' && ever(one, ['application', id], (app) => app?.status === 'retired')
      );
    }),
  FORBIDDEN: isForeign,
};

/** What an event must say of the command that it came from. */
const SAYS: Readonly<Record<string, (event: Json, asked: Json) => boolean>> = {
  CreateApplication: (event, { name, owner }) => event.name === name && event.owner === owner,
  RenameApplication: (event, { name }) => event.new_name === name,
  SetOwner: (event, { owner }) => event.new_owner === owner,
  TransitionLifecycle: (event, { target_lifecycle }) => event.to_lifecycle === target_lifecycle,
  CreateIntegration: (event, { source_app_id }) => event.source_app_id === source_app_id,
  RerouteSource: (event, { app_id }) => event.new_app_id === app_id,
  RerouteTarget: (event, { app_id }) => event.new_app_id === app_id,
  SetSla: (event, { sla }) => event.new_sla === sla,
};

/** What an event says of before, and the field that it means. */
const BEFORE: Readonly<Record<string, readonly [said: string, field: string]>> = {
  ApplicationRenamed: ['previous_name', 'name'],
  OwnerSet: ['previous_owner', 'owner'],
  SourceRerouted: ['previous_app_id', 'source_app_id'],
  TargetRerouted: ['previous_app_id', 'target_app_id'],
  SlaSet: ['previous_sla', 'sla'],
};

/** Who may speak for some teams only changes what they owned when the event was written. */
const wasOwned = (one: Case, before: Stand | undefined): boolean => {
  const { asked, entry, truth } = one;
  const { teams } = asked;
  if (teams === null) return true;
  const always: Span = truth.span('application', entry.begin, entry.end);
  const moment = { application: always, integration: always };
  return owners(one, before, moment).some((all) => all.some((team) => teams.includes(team)));
};

const acceptance = (one: Case): string | undefined => {
  const { asked, entry, truth } = one;
  const { aggregate_version: version, position, replayed } = entry.answer.body;
  const events = truth.eventsOf(asked.command_id);
  const [event] = events;
  if (!event) return 'it was accepted, and is not in the log';
  if (events.length > 1) return `it was accepted, and stands in the log ${events.length} times`;
  if (event.aggregate_id !== asked.id) return `it was accepted for ${event.aggregate_id}`;
  if (position !== `${asked.slug}:${event.sequence}` || version !== event.aggregate_version)
    return `it stands at ${event.sequence} with version ${event.aggregate_version}, not where it was said`;
  if (!SAYS[asked.command_type]?.(event.data as Json, asked.data))
    return 'the log says something else than the command';
  if (replayed === true) return undefined;
  const before = truth.standAt(asked.slug, asked.id, event.sequence - 1);
  const [said, field] = BEFORE[event.event_type] ?? [];
  if (said !== undefined && (event.data as Json)[said] !== before?.data[field!])
    return `${said} is not what was there before`;
  if (asked.expected_version !== null && asked.expected_version !== (before?.version ?? 0))
    return 'it was accepted on another version than it expected';
  return wasOwned(one, before) ? undefined : 'it was accepted from somebody who did not own it';
};

const refusal = (one: Case, attempts: readonly Entry<Told>[]): string | undefined => {
  const { asked, entry, truth } = one;
  const code = entry.answer.code ?? `status ${entry.answer.status}`;
  const [event] = truth.eventsOf(asked.command_id);
  if (code === 'COMMAND_ID_REUSED') {
    const others = attempts.filter(({ question }) => question.data !== asked.data);
    return others.length > 0 && event ? undefined : `${code}, and nobody else used it`;
  }
  if (!NOTHING_WRITTEN.has(code)) {
    const isTrue = REFUSALS[code];
    if (!isTrue) return `${code} is no answer to expect here`;
    if (!isTrue(one)) return `${code}, and that was so at no moment`;
    // It says no more than the moment it is about; later the same command may be accepted.
    if (event && truth.span(asked.slug, entry.begin, entry.begin).low >= event.sequence)
      return `${code}, though it had been accepted before`;
  }
  if (event && !attempts.some((other) => isAccepted(other) || isOpen(other)))
    return `${code} says that nothing was written, and it stands at ${event.sequence}`;
  return undefined;
};

/** Why an answer to a command is not true; `attempts` are all of its id. */
export const judgeCommand = (
  entry: Entry<Told>,
  { truth, attempts }: { readonly truth: Truth; readonly attempts: readonly Entry<Told>[] },
): string | undefined => {
  const one = { asked: entry.question, entry, truth };
  if (isOpen(entry)) return undefined;
  return isAccepted(entry) ? acceptance(one) : refusal(one, attempts);
};

/** Why what was answered to one command id, all in all, cannot be true. */
export const judgeCommandId = (
  attempts: readonly Entry<Told>[],
  truth: Truth,
): string | undefined => {
  const first = attempts.filter((one) => isAccepted(one) && one.answer.body.replayed === false);
  if (first.length > 1) return `it was accepted ${first.length} times`;
  if (attempts.some(isAccepted)) return undefined;
  // Whoever was left in doubt asks again; what they are told then is of all attempts, but for what
  // says no more than that this attempt was not looked at.
  const last = attempts.toSorted((a, b) => a.end - b.end).at(-1)!;
  const { code } = last.answer;
  const isFinal = !isOpen(last) && !NOTHING_WRITTEN.has(String(code));
  return isFinal && truth.eventsOf(last.question.command_id).length > 0
    ? `${code} was said last, and it is in the log`
    : undefined;
};
