import { setTimeout as sleep } from 'node:timers/promises';
import { isNotNow } from '../client/stele-problem.js';
import { Stop } from './exit.js';
import type { Io } from './io.js';
import { progress } from './progress.js';
import type { Comparison, ProjectionStatus } from './projection-status.js';
import type { Projections } from './projections.js';
import { durationText } from './status-text.js';

const ASK_EVERY_MS = 500;
/** How often in a row a server may be away while a build is watched: it goes on without us. */
const AWAY_MAX = 120;

const doing = ({ build, state }: ProjectionStatus): string => {
  if (!build) return state;
  const left = build.eta_seconds === null ? '' : `, about ${durationText(build.eta_seconds)} left`;
  return `${Math.round(build.events_per_second).toLocaleString('en')}/s${left}${state === 'running' ? '' : ` (${state})`}`;
};

/**
 * Wait until the build of a generation went live, or, when it is not to do so by itself, has
 * caught up. Ending this wait ends no build.
 */
export const watchBuild = async (
  projections: Projections,
  started: ProjectionStatus,
  io: Io,
): Promise<ProjectionStatus> => {
  const { name, build: first } = started;
  if (!first) return started;
  const shown = progress(io, `building ${name}`, Math.max(first.total, 1));
  let away = 0;
  try {
    for (;;) {
      let now: ProjectionStatus;
      try {
        now = await projections.one(name);
        away = 0;
      } catch (error) {
        if (!isNotNow(error) || ++away > AWAY_MAX) throw error;
        shown.say('the server is away; waiting for it');
        await sleep(ASK_EVERY_MS);
        continue;
      }
      const { build } = now;
      if (build?.generation !== first.generation) {
        if (now.generation === first.generation) return now;
        throw new Stop(`the build of generation ${first.generation} of ${name} was ended`);
      }
      shown.at(build.done, doing(now));
      if (build.caught_up && !build.switch_when_ready) return now;
      await sleep(ASK_EVERY_MS);
    }
  } finally {
    shown.stop();
  }
};

/** Have the documents of a projection computed anew from the log and compared, showing how far it is. */
export const watchVerify = async (
  projections: Projections,
  name: string,
  io: Io,
): Promise<Comparison> => {
  let shown: ReturnType<typeof progress> | undefined;
  try {
    return await projections.verify(name, (done, total) => {
      shown ??= progress(io, `verifying ${name}`, Math.max(total, 1));
      shown.at(done, '');
    });
  } finally {
    shown?.stop();
  }
};
