import { type Refusal, refuse } from '../../src/core/refusal.js';
import { type Dependent, invalid, refuseWhileNeeded } from '../shared.js';
import type { Self } from './deciding.js';

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

const inUse = ({ deployments, interfaces }: Self['data']): readonly Dependent[] => [
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

/** Refuse something new for a retired application. `instead`: what can still be done about it. */
export const refuseRetired = (
  { status, data: { name } }: Self,
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
