import { randomUUID } from 'node:crypto';
import { Application } from '../actors/application/application.js';
import { actors } from '../actors/index.js';
import { parseCommand } from '../src/core/command.js';
import { type EventRecord, seal } from '../src/core/event.js';
import { eventId, stableCommandId } from '../src/core/ids.js';
import { isRefusal } from '../src/core/refusal.js';
import { registry } from '../src/core/registry.js';
import { decideOne } from '../src/write/runtime/decide-one.js';
import { nothing } from '../src/write/runtime/load.js';
import { after, type Point, pointOf } from '../src/write/runtime/point.js';

const known = registry(actors);
const NOW = '2026-01-06T10:00:00.000Z';
const REASON = 'the team took it over';

/** Ids in the form real ones have, the same in every process. */
export const idsOf = (group: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => stableCommandId('bench', group, String(index)));

/** Aggregates that the callers of one measurement share out among themselves. */
export const AGGREGATES = 1_000;

/** A caller's own aggregates, in turn: no two callers write to the same one. */
export const inTurn = (callers: number, all: readonly string[]): ((caller: number) => string) => {
  const turns = new Array<number>(callers).fill(0);
  const own = Math.floor(all.length / callers);
  return (caller) => all[caller + callers * (turns[caller]!++ % own)]!;
};

const envelope = (command_type: string, aggregate_id: string, data: object) => ({
  command_id: randomUUID(),
  command_type,
  aggregate_id,
  aggregate_type: 'Application',
  actor: 'architect@example.org',
  actor_type: 'user',
  source: 'api',
  command_timestamp: NOW,
  data,
});

/** The data of a SetOwner that changes something, every time it is made. */
export const ownerData = (count: number) => ({ owner: `team-${count}`, reason: REASON });

/** A whole SetOwner command. */
export const setOwner = (id: string, count: number) => envelope('SetOwner', id, ownerData(count));

/** A CreateApplication command with a name of its own. */
export const create = (id: string) =>
  envelope('CreateApplication', id, {
    name: `Application ${id}`,
    owner: 'team-before',
    data_classification: 'internal',
    lifecycle: 'planned',
  });

/** The events of commands on one application, decided and sealed as the runtime does. */
const decided = (commands: readonly object[]): EventRecord[] => {
  const events: EventRecord[] = [];
  let at: Point = pointOf(nothing(Application));
  for (const input of commands) {
    const command = parseCommand(known, input);
    if (isRefusal(command)) throw new Error(command.message);
    const result = decideOne(command, at, NOW, {
      references: {},
      boundaries: {},
      owners: new Map(),
    });
    if (result.kind !== 'events')
      throw new Error(`a sample command gave ${JSON.stringify(result)}`);
    events.push(...result.events);
    at = after(at, result.events, result.state);
  }
  return events;
};

/** What a typical application has behind it: six events of six commands. */
export const typicalHistory = (id: string): EventRecord[] =>
  decided([
    create(id),
    envelope('UpdateDescription', id, {
      description: 'Pays salaries and pensions, and reports both to the tax office every month.',
    }),
    envelope('AddTags', id, { tags: ['finance', 'core', 'on-premises'] }),
    envelope('SetCriticality', id, {
      criticality: 'high',
      justification: 'salaries depend on it',
    }),
    setOwner(id, 1),
    envelope('TransitionLifecycle', id, { target_lifecycle: 'active' }),
  ]);

/** Time between two events of one application. */
const MINUTE_MS = 60_000;
const minuteAfter = (time: string): string => new Date(Date.parse(time) + MINUTE_MS).toISOString();

/** Events of SetOwner commands after an event, a minute apart, sealed without deciding them. */
export const ownerEvents = (last: EventRecord, from: number, count: number): EventRecord[] => {
  const events: EventRecord[] = [];
  let before = last;
  for (let n = from; n < from + count; n++) {
    const { hash: previous_hash, hash_recipe: _, ...rest } = before;
    const causation_id = randomUUID();
    before = seal({
      ...rest,
      event_id: eventId(causation_id, 0, last),
      event_type: 'OwnerSet',
      event_version: 1,
      aggregate_version: before.aggregate_version + 1,
      event_timestamp: minuteAfter(before.event_timestamp),
      causation_id,
      previous_hash,
      data: { previous_owner: `team-${n - 1}`, new_owner: `team-${n}`, reason: REASON },
    });
    events.push(before);
  }
  return events;
};

/** The event a SetOwner command leaves behind. */
export const ownerEvent = (id: string): EventRecord => {
  const events = decided([create(id), setOwner(id, 1)]);
  return events[events.length - 1]!;
};

/** A history as another application would have it: its own ids, name, hashes and last owner. */
export const historyLike = (
  history: readonly EventRecord[],
  { id, owner }: { readonly id: string; readonly owner: string },
): EventRecord[] => {
  let previous_hash: string | null = null;
  return history.map(({ hash: _, hash_recipe: __, ...event }, index) => {
    const causation_id = randomUUID();
    const sealed = seal({
      ...event,
      event_id: eventId(causation_id, 0, {
        aggregate_type: event.aggregate_type,
        aggregate_id: id,
      }),
      aggregate_id: id,
      causation_id,
      previous_hash,
      data: {
        ...event.data,
        ...('name' in event.data && { name: `Application ${id}` }),
        ...(index === history.length - 1 && { new_owner: owner }),
      },
    });
    previous_hash = sealed.hash;
    return sealed;
  });
};
