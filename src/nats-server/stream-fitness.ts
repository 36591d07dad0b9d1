/** One stream setting that the server does not hold as asked. */
export interface UnfitField {
  field: string;
  wanted: unknown;
  actual: unknown;
  /** What a person can do about it, as a sentence. */
  fix: string;
}

/** The part of a stream's configuration that its safety rests on, as on the wire. */
export interface StreamSafety {
  allow_atomic?: boolean;
  allow_direct?: boolean;
  deny_delete?: boolean;
  deny_purge?: boolean;
  storage?: string;
  retention?: string;
  discard?: string;
  /** Nanoseconds; 0 keeps messages for ever. */
  max_age?: number;
  persist_mode?: string;
}

const UPGRADE =
  'The server dropped the setting, which old servers do silently: run a newer nats-server.';
const RECREATE = 'It cannot be changed on an existing stream: copy the stream into a new one.';

interface Rule {
  field: keyof StreamSafety;
  /** What an absent value means, on the wish and on the wire. */
  absent: unknown;
  fix: string;
}

const RULES: readonly Rule[] = [
  {
    field: 'allow_atomic',
    absent: false,
    fix: `Without it several events cannot be appended as one. ${UPGRADE}`,
  },
  {
    field: 'allow_direct',
    absent: false,
    fix: `Without it an aggregate cannot be loaded by direct get. ${UPGRADE}`,
  },
  {
    field: 'deny_delete',
    absent: false,
    fix: `Without it a stored event can be deleted. ${UPGRADE} Or someone edited the stream: set deny_delete again.`,
  },
  {
    field: 'deny_purge',
    absent: false,
    fix: `Without it the history can be purged. ${UPGRADE} Or someone edited the stream: set deny_purge again.`,
  },
  { field: 'storage', absent: 'file', fix: `Events must survive a restart. ${RECREATE}` },
  {
    field: 'retention',
    absent: 'limits',
    fix: `Any other retention removes events once they are read. ${RECREATE}`,
  },
  {
    field: 'discard',
    absent: 'old',
    fix: 'A full stream must refuse appends, never drop its oldest events: set it again with `nats stream edit`.',
  },
  {
    field: 'max_age',
    absent: 0,
    fix: 'Events would expire: set max_age to 0 with `nats stream edit`, at once.',
  },
  {
    field: 'persist_mode',
    absent: 'default',
    fix: `Asynchronous persistence acknowledges events that are not on disk. ${RECREATE}`,
  },
];

/**
 * The safety-relevant settings that did not take, compared as sent and as read back.
 * A setting the wish leaves out is compared at its default for `max_age` and `persist_mode`
 * (keep for ever, persist before the ack) and not at all for the others.
 */
export function unfitStreamFields(wanted: StreamSafety, actual: StreamSafety): UnfitField[] {
  const unfit: UnfitField[] = [];
  for (const { field, absent, fix } of RULES) {
    const alwaysChecked = field === 'max_age' || field === 'persist_mode';
    if (wanted[field] === undefined && !alwaysChecked) continue;
    const want = settingOf(wanted[field], absent);
    const have = settingOf(actual[field], absent);
    if (want !== have) unfit.push({ field, wanted: want, actual: have, fix });
  }
  return unfit;
}

function settingOf(value: unknown, absent: unknown): unknown {
  return value === undefined || value === '' ? absent : value;
}
