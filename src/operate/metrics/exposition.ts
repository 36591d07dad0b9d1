import {
  collectDefaultMetrics,
  type Metric,
  Registry,
  type RegistryContentType,
} from 'prom-client';
import type { Family } from './family.js';

/** A scrape as it is answered. */
export type Exposition = { readonly type: string; readonly body: string };

/** What the library asks of a metric that is registered. */
type Registered = { readonly name: string; get(): Promise<unknown> };

/** Names of counters end in `_total`, which OpenMetrics writes on the samples alone. */
const bare = (name: string): string => name.replace(/_total$/, '');

const registered = (family: Family, openMetrics: boolean): Registered => {
  const { help, type, samples } = family;
  const name = openMetrics && type === 'counter' ? bare(family.name) : family.name;
  const values = samples.map(({ labels, value, suffix }) => ({
    labels,
    value,
    ...(suffix && { metricName: name + suffix }),
  }));
  return { name, get: async () => ({ name, help, type, values, aggregator: 'sum' }) };
};

let watched: Registry | undefined;
/**
 * What Node says of this process: CPU, memory, event loop, garbage collection. A process has one of
 * each, however many nodes run in it, so it is watched once, from the first scrape on.
 */
const processMetrics = (): readonly Metric[] => {
  if (!watched) {
    watched = new Registry();
    collectDefaultMetrics({ register: watched });
  }
  return watched.getMetricsAsArray() as unknown as Metric[];
};

/** The library renames counters in place for OpenMetrics: each answer gets its own. */
const ofProcess = async (one: Metric, openMetrics: boolean): Promise<Registered> => {
  const got = (await one.get()) as unknown as { name: string; type: string };
  const name = openMetrics && got.type === 'counter' ? bare(got.name) : got.name;
  return { name, get: async () => ({ ...got, name }) };
};

const wantsOpenMetrics = (accept: string | undefined): boolean =>
  accept?.includes('application/openmetrics-text') ?? false;

/** Write metrics down in the format that was asked for: OpenMetrics 1.0, else Prometheus text. */
export const exposition = async (
  families: readonly Family[],
  accept: string | undefined,
): Promise<Exposition> => {
  const openMetrics = wantsOpenMetrics(accept);
  const type = openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(type);
  const own = families.map((family) => registered(family, openMetrics));
  const others = await Promise.all(processMetrics().map((one) => ofProcess(one, openMetrics)));
  for (const one of [...own, ...others]) registry.registerMetric(one as unknown as Metric);
  return { type, body: await registry.metrics() };
};
