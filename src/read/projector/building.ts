import type { Refusal } from '../../core/refusal.js';
import { isSameSlot, type Slot } from '../views/port.js';
import type { BuildStatus } from './projections.js';
import { notNow } from './role.js';
import type { Slots } from './slots.js';
import type { Workers } from './workers.js';

/** The slots of a projection and who moves them. */
export type Building = { readonly slots: Slots; readonly workers: Workers };

/** Let exactly those slots be moved that should be; `moves` = whether this node may. */
export const arrange = async ({ slots, workers }: Building, moves: boolean): Promise<void> => {
  if (!moves) return workers.arrange(undefined, undefined);
  for (const slot of slots.abandoned) await drop({ slots, workers }, slot);
  await slots.ensure();
  const { live, building } = slots;
  const { build } = workers;
  if (building && !(build && isSameSlot(building, build.slot))) await slots.leaveOutIn(building);
  await workers.arrange(live && slots.isOwn(live) ? live : undefined, building);
};

const drop = async ({ slots, workers }: Building, slot: Slot): Promise<void> => {
  const { build } = workers;
  if (build?.slot.generation === slot.generation) await workers.letGo(build);
  await slots.drop(slot);
};

/** Build new documents beside the live ones. undefined = it has begun. */
export const rebuild = async (
  name: string,
  building: Building & { readonly build: () => BuildStatus | null },
  switchWhenReady: boolean,
): Promise<Refusal | undefined> => {
  if (building.slots.building)
    return notNow('BUILD_UNDER_WAY', `${name} is being built already`, { build: building.build() });
  await building.slots.create(switchWhenReady ? 'building' : 'candidate');
  await arrange(building, true);
  return undefined;
};

export const noBuild = (name: string): Refusal => notNow('NO_BUILD', `${name} is not being built`);

/** Give up what is being built. undefined = it is gone. */
export const cancelBuild = async (
  name: string,
  { slots, workers }: Building,
): Promise<Refusal | undefined> => {
  const { building, live } = slots;
  if (!building || building.role === 'previous') return noBuild(name);
  if (!live || !slots.isOwn(live))
    return notNow(
      'BUILD_NEEDED',
      `${name} was changed: without this build it would stand still for good`,
    );
  await drop({ slots, workers }, building);
  return undefined;
};
