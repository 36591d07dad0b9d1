import { z } from 'zod';
import type { Chart } from '../../src/core/chart.js';
import type { Deciding } from '../../src/core/define-aggregate.js';
import { sets, unchanged } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import {
  CalendarDate,
  type Classification,
  type Correctable,
  type Dependent,
  invalid,
  Lifecycle,
  Reason,
  refuseWhileNeeded,
  takenBack,
} from '../shared.js';
import type { boundaries } from './boundaries.js';

const roles = ['architect', 'importer'] as const;

/** What its lifecycle looks at: where it runs, who can call it, what may be corrected. */
export type Living = {
  readonly name: string;
  readonly data_classification: Classification;
  readonly sunset_date: string | null;
  readonly correctable: Correctable;
  readonly deployments: readonly { readonly server_id: string; readonly environment: string }[];
  readonly interfaces: Readonly<
    Record<
      string,
      { readonly interface_id: string; readonly name: string; readonly status: string }
    >
  >;
};
export type Self = { readonly status: string; readonly data: Living };

/** What takes it through its lifecycle, and what puts its past right. */
export const lifecycleCommands = {
  TransitionLifecycle: command({
    summary: 'Take it one step further: planned, active, deprecated, retired.',
    data: z.object({
      target_lifecycle: Lifecycle,
      sunset_date: CalendarDate.nullable().default(null),
    }),
    emits: ['LifecycleTransitioned'],
    roles,
    sets: { lifecycle: { to: 'target_lifecycle' }, sunset_date: { to: 'sunset_date' } },
  }),
  RescheduleSunset: sets('sunset_date', CalendarDate, {
    summary: 'Set another date for the end of a deprecated application.',
    event: 'SunsetRescheduled',
    also: { reason: Reason },
    roles,
    cleared: takenBack(
      'CancelSunset',
      'SunsetCancelled',
      'Leave open when a deprecated application ends.',
    ),
  }),
  CancelPlannedApplication: command({
    summary: 'Give up a plan before it became active.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationCancelled'],
    roles,
    sensitive: true,
    aliases: ['CancelApplication'],
  }),
  ReinstateApplication: command({
    summary: 'Keep a deprecated application after all.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationReinstated'],
    roles,
    sensitive: true,
    approval: true,
  }),
};

export const lifecycleEvents = {
  LifecycleTransitioned: z.object({
    from_lifecycle: Lifecycle,
    to_lifecycle: Lifecycle,
    sunset_date: CalendarDate.nullable(),
  }),
  ApplicationCancelled: z.object({ reason: Reason }),
  ApplicationReinstated: z.object({
    previous_sunset_date: CalendarDate.nullable(),
    reason: Reason,
  }),
};

export type Asking = {
  readonly now: string;
  readonly source: string;
  readonly approval_id: string | null;
};

/** An import records history as it finds it, also what people may not do (any more). */
export const isImport = ({ source }: Pick<Asking, 'source'>): boolean => source === 'import';

/** Refuse a sunset that would have been: today is the first day possible. */
export const refusePastDate = (sunset_date: string, asking: Asking): Refusal | undefined => {
  const today = asking.now.slice(0, 'YYYY-MM-DD'.length);
  if (isImport(asking) || sunset_date >= today) return undefined;
  return invalid('sunset_date', `${sunset_date} is in the past; today is ${today}`);
};

const inUse = ({ deployments, interfaces }: Living): readonly Dependent[] => [
  ...deployments.map(({ server_id, environment }) => ({
    type: 'Server',
    id: server_id,
    environment,
  })),
  ...Object.values(interfaces)
    .filter(({ status }) => status !== 'retired')
    .map(({ interface_id, name }) => ({ type: 'ApplicationInterface', id: interface_id, name })),
];

/** Refuse to retire what still runs somewhere, or can still be called. */
export const refuseWhileInUse = ({ data }: Self, asking: Asking): Refusal | undefined =>
  isImport(asking)
    ? undefined
    : refuseWhileNeeded(
        `"${data.name}" cannot be retired while it is deployed or has live interfaces`,
        inUse(data),
      );

const STILL_POSSIBLE = ['CorrectLifecycle', 'DeleteApplication'];

type Retirable = { readonly status: string; readonly data: { readonly name: string } };

/** Refuse something new for a retired application. `instead`: what can still be done about it. */
export const refuseRetired = (
  { status, data: { name } }: Retirable,
  asking: Pick<Asking, 'source'>,
  { to, instead }: { readonly to: string; readonly instead: string },
): Refusal | undefined => {
  if (status !== 'retired' || isImport(asking)) return undefined;
  const commands = [instead, ...STILL_POSSIBLE];
  return refuse(
    'INVALID_LIFECYCLE_TRANSITION',
    `"${name}" is "retired" and cannot ${to} any more; what can be done: ${commands.join(', ')}`,
    { details: { from: status, allowed: [], commands } },
  );
};

export const decideLifecycle = {
  TransitionLifecycle: (self, { target_lifecycle, sunset_date }, context) => {
    if (target_lifecycle === self.status) return unchanged('the lifecycle', target_lifecycle);
    if (sunset_date !== null && target_lifecycle !== 'deprecated')
      return invalid('sunset_date', 'can only be given with target_lifecycle "deprecated"');
    const past = sunset_date !== null && refusePastDate(sunset_date, context);
    if (past) return past;
    const last = self.status === 'deprecated' && target_lifecycle === 'retired';
    const used = last && refuseWhileInUse(self, context);
    if (used) return used;
    const from_lifecycle = Lifecycle.parse(self.status);
    const transition = { from_lifecycle, to_lifecycle: target_lifecycle, sunset_date };
    return [{ type: 'LifecycleTransitioned', data: transition }];
  },
  CancelPlannedApplication: (self, { reason }, context) =>
    refuseWhileInUse(self, context) ?? [{ type: 'ApplicationCancelled', data: { reason } }],
  ReinstateApplication: ({ data: { sunset_date } }, { reason }) => [
    { type: 'ApplicationReinstated', data: { previous_sunset_date: sunset_date, reason } },
  ],
} satisfies Deciding<Living, typeof lifecycleCommands, typeof lifecycleEvents, typeof boundaries>;

const anyLifecycle = {
  planned: 'planned',
  active: 'active',
  deprecated: 'deprecated',
  retired: 'retired',
} as const;
/** What may happen to it in every lifecycle. */
const always = {
  DataClassificationCorrected: {},
  DeployedToServer: {},
  UndeployedFromServer: {},
  ServiceOffered: {},
  ServiceConsumerAdded: {},
  ServiceConsumerRemoved: {},
  ServiceWithdrawn: {},
  InterfaceExposed: {},
  InterfaceLinked: {},
  InterfaceUnlinked: {},
  RateLimitsSet: {},
  InterfaceDeprecated: {},
  InterfaceRetired: {},
  LifecycleCorrected: { by: 'corrected_lifecycle', to: anyLifecycle },
  ApplicationDeleted: 'deleted',
} as const;
/** What is not said any more of what is retired. */
const untilRetired = {
  ...always,
  ApplicationRenamed: {},
  CriticalitySet: {},
  CriticalityCleared: {},
} as const;

/** planned, active, deprecated, retired; backwards by correction only. */
export const chart = {
  initial: 'absent',
  states: {
    absent: { on: { ApplicationCreated: { by: 'lifecycle', to: anyLifecycle } } },
    planned: {
      on: {
        ...untilRetired,
        LifecycleTransitioned: { by: 'to_lifecycle', to: { active: 'active' } },
        ApplicationCancelled: 'retired',
      },
    },
    active: {
      on: {
        ...untilRetired,
        LifecycleTransitioned: { by: 'to_lifecycle', to: { deprecated: 'deprecated' } },
      },
    },
    deprecated: {
      on: {
        ...untilRetired,
        LifecycleTransitioned: { by: 'to_lifecycle', to: { retired: 'retired' } },
        SunsetRescheduled: {},
        SunsetCancelled: {},
        ApplicationReinstated: 'active',
      },
    },
    retired: { on: always },
    deleted: { kind: 'deleted' },
  },
} as const satisfies Chart;
