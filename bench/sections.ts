/** What can be asked for with `--only`. */
export const SECTIONS = [
  'single',
  'group',
  'commands',
  'hot',
  'http',
  'bare',
  'nats',
  'cold',
  'replay',
  'rebuild',
  'lag',
  'queries',
  'time-travel',
  'memory',
  'start',
] as const;
export type Section = (typeof SECTIONS)[number];

/** How much of everything is measured. */
export type Extent = {
  readonly warmMs: number;
  readonly ms: number;
  readonly rounds: number;
  /** Aggregates that are loaded, of 100 and of 10,000 events, and how often each. */
  readonly hundreds: number;
  readonly tenThousands: number;
  readonly passes: number;
  readonly replays: number;
  /** Applications of the large stream that is projected, each of 10 events. */
  readonly applications: number;
  /** How often each question is asked for a while, after a first time that warms up. */
  readonly queryRounds: number;
  /** Applications of 10,000 events that are travelled to; how often; and moments of the portfolio. */
  readonly travelledTenThousands: number;
  readonly journeys: number;
  readonly moments: number;
  /** How long a node is kept as busy as it can be, and then the time from write to read watched. */
  readonly mostMs: number;
  readonly lagMs: number;
  readonly residents: number;
  readonly starts: number;
};

export const FULL: Extent = {
  warmMs: 250,
  ms: 1_000,
  rounds: 5,
  hundreds: 60,
  tenThousands: 50,
  passes: 2,
  replays: 3,
  applications: 100_000,
  queryRounds: 3,
  travelledTenThousands: 3,
  journeys: 200,
  moments: 10,
  mostMs: 3_000,
  lagMs: 10_000,
  residents: 20_000,
  starts: 5,
};
export const QUICK: Extent = {
  warmMs: 150,
  ms: 450,
  rounds: 2,
  hundreds: 20,
  tenThousands: 8,
  passes: 3,
  replays: 2,
  applications: 10_000,
  queryRounds: 1,
  travelledTenThousands: 1,
  journeys: 60,
  moments: 3,
  mostMs: 1_500,
  lagMs: 4_000,
  residents: 5_000,
  starts: 3,
};

/** What a section needs of a run. */
export type Run = {
  readonly extent: Extent;
  readonly wanted: (section: Section) => boolean;
  /** Where CPU profiles of the system under test go, if any are wanted. */
  readonly profiles: string | undefined;
  /** The folder of package.json. */
  readonly root: string;
  readonly step: (doing: string) => void;
};
