import { z } from 'zod';
import { type Client, noServer, problemStop, sleep, Unreachable } from './client.js';
import { EXIT, Stop } from './exit.js';
import { type Io, paintFor } from './io.js';
import { progress } from './progress.js';
import {
  Comparison,
  headerValue,
  type ProjectionClient,
  type Status,
} from './projection-client.js';
import { durationText } from './projection-report.js';
import { userName } from './user-name.js';

const ASK_EVERY_MS = 500;
/** How often in a row a server may be away while a build is watched: it goes on without us. */
const AWAY_MAX = 120;
/** A computation that says nothing for this long is given up. */
const SILENT_MAX_MS = 120_000;

const doing = ({ build, state }: Status): string => {
  if (!build) return state;
  const left = build.eta_seconds === null ? '' : `, about ${durationText(build.eta_seconds)} left`;
  return `${Math.round(build.events_per_second).toLocaleString('en')}/s${left}${state === 'running' ? '' : ` (${state})`}`;
};

/**
 * Wait until the build of a generation went live, or, when it is not to do so by itself, has
 * caught up. Ending this wait ends no build.
 */
export const watchBuild = async (
  projections: ProjectionClient,
  started: Status,
  io: Io,
): Promise<Status> => {
  const { name, build: first } = started;
  if (!first) return started;
  const shown = progress(io, `building ${name}`, Math.max(first.total, 1));
  let away = 0;
  try {
    for (;;) {
      let now: Status;
      try {
        now = await projections.one(name);
        away = 0;
      } catch (error) {
        const gone = error instanceof Stop && error.cause instanceof Unreachable;
        if (!gone || ++away > AWAY_MAX) throw error;
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

const Line = z.union([
  z.object({ comparison: Comparison }),
  z.object({ problem: z.looseObject({ status: z.number() }) }),
  z.object({ done: z.number(), total: z.number() }),
]);

/** Lines of a body as they come. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

/** Have the documents of a projection computed anew from the log and compared, showing how far it is. */
export const watchVerify = async (client: Client, name: string, io: Io): Promise<Comparison> => {
  const paint = paintFor(io.stderr, io.env);
  const silent = new AbortController();
  const alarm = () => setTimeout(() => silent.abort(), SILENT_MAX_MS);
  let timer = alarm();
  let shown: ReturnType<typeof progress> | undefined;
  try {
    const response = await client.open(`/projections/${encodeURIComponent(name)}/verify`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson', 'x-actor': headerValue(userName()) },
      signal: silent.signal,
    });
    if (!response.ok) {
      const body: unknown = await response.json().catch(() => undefined);
      throw problemStop({ status: response.status, body }, paint);
    }
    for await (const text of linesOf(response.body ?? ([] as unknown as AsyncIterable<never>))) {
      clearTimeout(timer);
      timer = alarm();
      const line = Line.parse(JSON.parse(text));
      if ('comparison' in line) return line.comparison;
      if ('problem' in line)
        throw problemStop({ status: line.problem.status, body: line.problem }, paint);
      shown ??= progress(io, `verifying ${name}`, Math.max(line.total, 1));
      shown.at(line.done, '');
    }
    throw new Stop(`${client.server} ended before it had compared everything; try again`);
  } catch (error) {
    if (silent.signal.aborted)
      throw new Stop(`${client.server} said nothing for ${SILENT_MAX_MS / 1_000} s`, EXIT.failed);
    throw error instanceof Unreachable ? noServer(client.server, error) : error;
  } finally {
    clearTimeout(timer);
    shown?.stop();
  }
};
