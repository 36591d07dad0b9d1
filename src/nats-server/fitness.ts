/** The oldest server that keeps every promise the event store relies on. */
export const SERVER_VERSION_FLOOR = '2.14.7';

export type Fitness = { ok: true } | { ok: false; message: string };

interface Version {
  numbers: [number, number, number];
  /** Dot-separated pre-release identifiers; empty for a release. */
  pre: string[];
}

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (!match) return undefined;
  return {
    numbers: [Number(match[1]), Number(match[2]), Number(match[3])],
    pre: match[4] ? match[4].split('.') : [],
  };
}

/** Semantic-versioning order of two pre-release identifiers: numbers before words. */
function compareIdentifier(a: string, b: string): number {
  const aNumeric = /^\d+$/.test(a);
  const bNumeric = /^\d+$/.test(b);
  if (aNumeric && bNumeric) return Number(a) - Number(b);
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePre(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareIdentifier(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/**
 * Order of two versions (`2.15.1`, `v2.14.7-RC.1`): negative, zero or positive.
 * A pre-release comes before its release. What is not a version comes before everything.
 */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return Number(Boolean(left)) - Number(Boolean(right));
  for (let i = 0; i < 3; i++) {
    const order = left.numbers[i]! - right.numbers[i]!;
    if (order !== 0) return order;
  }
  return comparePre(left.pre, right.pre);
}

/** Is this nats-server new enough? An unreadable version is not. */
export function checkServerVersion(version: string, floor = SERVER_VERSION_FLOOR): Fitness {
  if (!parseVersion(version)) {
    return { ok: false, message: `"${version}" is not a nats-server version; ${floor} is needed` };
  }
  if (compareVersions(version, floor) < 0) {
    return {
      ok: false,
      message: `nats-server ${version} is too old: ${floor} or newer is needed (older servers drop unknown stream settings silently and have lost acknowledged messages)`,
    };
  }
  return { ok: true };
}
