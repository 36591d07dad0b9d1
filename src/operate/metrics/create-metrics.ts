import type { ProjectionStatus } from '../../read/projector/projections.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import { type Exposition, exposition } from './exposition.js';
import { counter, type Family, gauge } from './family.js';
import { HttpMeter } from './http-meter.js';
import { ofCommands } from './of-commands.js';
import { ofProjections } from './of-projections.js';
import { type Connection, ofConnection, ofStore, type StoreMeters } from './of-store.js';
import type { Readiness } from './readiness.js';

/** Longest that one part may take to say its numbers; a scrape goes on without it. */
const PART_WITHIN_MS = 1_500;

/** What became of audit alerts. */
export type AlertCounts = {
  readonly raised: number;
  readonly delivered: number;
  readonly failed: number;
  readonly given_up: number;
  readonly pending: number;
};
const NO_ALERTS: AlertCounts = {
  raised: 0,
  delivered: 0,
  failed: 0,
  given_up: 0,
  pending: 0,
};

/** Connections of HTTP: open now, and turned away by which bound. */
export type ConnectionCounts = {
  readonly open: number;
  readonly dropped: { readonly all: number; readonly address: number };
};

/** Whose numbers are shown. What is missing is left out of the answer. */
export type Measured = {
  readonly info: { readonly name: string; readonly version: string };
  readonly runtime: Runtime;
  readonly store?: StoreMeters;
  readonly connection?: Connection;
  readonly projections?: () => readonly ProjectionStatus[];
  readonly readiness?: Readiness;
  readonly alerts?: () => AlertCounts;
  readonly connections?: () => ConnectionCounts;
};

/** The numbers of one node. */
export type Metrics = {
  /** What HTTP counts. */
  readonly http: HttpMeter;
  /** All of them, in the format that an `Accept` header asks for. Bounded in time. */
  scrape(accept?: string): Promise<Exposition>;
};

const ofInfo = ({ info, runtime }: Measured): Family[] => [
  gauge('stele_build_info', 'Always 1; the labels say which program this is', [
    [{ name: info.name, version: info.version, node: process.version }, 1],
  ]),
  gauge('stele_draining', '1 while the node shuts down', runtime.draining ? 1 : 0),
];

const ofReadiness = async (readiness: Readiness): Promise<Family[]> => {
  const parts = await readiness.parts();
  return [
    gauge('stele_ready', '1 when /readyz says yes', parts.every(({ ready }) => ready) ? 1 : 0),
    gauge(
      'stele_part_ready',
      '1 when this part is in order, 0 when it keeps the node from being ready',
      parts.map(({ name, ready }) => [{ part: name }, ready ? 1 : 0]),
    ),
  ];
};

const ofAlerts = ({ raised, delivered, failed, given_up, pending }: AlertCounts): Family[] => [
  counter('stele_alerts_raised_total', 'Audit alerts raised by sensitive events', raised),
  counter('stele_alert_deliveries_total', 'Attempts to deliver an alert, by how they went', [
    [{ result: 'delivered' }, delivered],
    [{ result: 'failed' }, failed],
  ]),
  counter('stele_alerts_given_up_total', 'Alerts that no more attempts are made for', given_up),
  gauge('stele_alerts_pending', 'Alerts that are not delivered yet, over all nodes', pending),
];

const ofConnections = ({ open, dropped }: ConnectionCounts): Family[] => [
  gauge('stele_http_connections_open', 'Connections of clients and proxies', open),
  counter('stele_http_connections_dropped_total', 'Connections turned away, by what was full', [
    [{ full: 'all' }, dropped.all],
    [{ full: 'address' }, dropped.address],
  ]),
];

const within = async (read: () => Family[] | Promise<Family[]>): Promise<Family[] | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PART_WITHIN_MS);
  });
  try {
    return await Promise.race([read(), late]);
  } catch {
    return undefined; // counted; the numbers of all other parts are shown
  } finally {
    clearTimeout(timer);
  }
};

export const createMetrics = (measured: Measured): Metrics => {
  const { runtime, store, connection, projections, readiness, alerts, connections } = measured;
  const http = new HttpMeter();
  const parts: (() => Family[] | Promise<Family[]>)[] = [
    () => ofInfo(measured),
    () => ofCommands(runtime),
    () => http.families(),
    ...(connections ? [() => ofConnections(connections())] : []),
    () => ofAlerts(alerts?.() ?? NO_ALERTS),
    ...(store ? [() => ofStore(store)] : []),
    ...(connection ? [() => ofConnection(connection)] : []),
    ...(projections ? [() => ofProjections(projections())] : []),
    ...(readiness ? [() => ofReadiness(readiness)] : []),
  ];
  let failures = 0;
  return {
    http,
    scrape: async (accept) => {
      const read = await Promise.all(parts.map(within));
      failures += read.filter((families) => families === undefined).length;
      const missed = counter(
        'stele_scrape_failures_total',
        'Parts of the node that could not say their numbers',
        failures,
      );
      return exposition([...read.flatMap((families) => families ?? []), missed], accept);
    },
  };
};
