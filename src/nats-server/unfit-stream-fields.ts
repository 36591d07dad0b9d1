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
  /** -1 keeps any number. */
  max_msgs_per_subject?: number;
  /** Bytes; -1 takes what the server takes. */
  max_msg_size?: number;
  subjects?: readonly string[];
  /** -1 keeps any number. */
  max_msgs?: number;
  no_ack?: boolean;
  persist_mode?: string;
  sealed?: boolean;
  subject_transform?: unknown;
  sources?: readonly unknown[];
  mirror?: unknown;
}

const UPGRADE =
  'The server dropped the setting, which old servers do silently: run a newer nats-server.';
const RECREATE = 'It cannot be changed on an existing stream: copy the stream into a new one.';

const SET_AGAIN = 'set it again with `nats stream edit`';
/** What a stream that takes in only what is written to it has of these. */
export const NONE = 'none';

interface Rule {
  field: keyof StreamSafety;
  /** What an absent value means, on the wish and on the wire. */
  absent: unknown;
  /** Compared at that also where the wish says nothing. */
  always?: true;
  /** How much is kept: whoever runs the server may choose it where the oldest may go anyway. */
  amount?: true;
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
    fix: `A full stream would do away with the wrong messages, the oldest or the newest: ${SET_AGAIN}.`,
  },
  {
    field: 'max_age',
    absent: 0,
    always: true,
    amount: true,
    fix: `What it holds would expire too soon, or too late: ${SET_AGAIN}, at once.`,
  },
  {
    field: 'max_msgs_per_subject',
    absent: -1,
    always: true,
    amount: true,
    fix: `What is new would push out what is old of the same aggregate or key: ${SET_AGAIN}, at once.`,
  },
  {
    field: 'max_msg_size',
    absent: -1,
    always: true,
    fix: `Messages that the server itself takes would be refused: ${SET_AGAIN}.`,
  },
  {
    field: 'max_msgs',
    absent: -1,
    always: true,
    amount: true,
    fix: `Messages would be refused while there is room: ${SET_AGAIN}.`,
  },
  {
    field: 'subject_transform',
    absent: NONE,
    always: true,
    fix: 'What is written would be kept under other subjects, where nobody looks for it: take it away with `nats stream edit`, at once.',
  },
  {
    field: 'sources',
    absent: NONE,
    always: true,
    fix: 'What stands in other streams would be taken for what was written here: take them away with `nats stream edit`.',
  },
  { field: 'mirror', absent: NONE, always: true, fix: `Nothing is written to a copy. ${RECREATE}` },
  {
    field: 'sealed',
    absent: false,
    always: true,
    fix: `Nothing is written to a sealed stream. ${RECREATE}`,
  },
  {
    field: 'subjects',
    absent: '',
    fix: `What is written to the others would be kept nowhere: ${SET_AGAIN}.`,
  },
  {
    field: 'no_ack',
    absent: false,
    always: true,
    fix: `Nobody would be told what is on disk: ${SET_AGAIN}.`,
  },
  {
    field: 'persist_mode',
    absent: 'default',
    always: true,
    fix: `Asynchronous persistence acknowledges events that are not on disk. ${RECREATE}`,
  },
];

/**
 * The safety-relevant settings that did not take, compared as sent and as read back.
 * A setting the wish leaves out is compared at its default where any other loses or refuses events
 * (keep for ever, persist before the ack), and not at all for the others.
 */
export function unfitStreamFields(wanted: StreamSafety, actual: StreamSafety): UnfitField[] {
  const unfit: UnfitField[] = [];
  for (const { field, absent, always, amount, fix } of RULES) {
    if (wanted[field] === undefined && !always) continue;
    if (amount && wanted.discard === 'old') continue;
    const want = settingOf(wanted[field], absent);
    const have = settingOf(actual[field], absent);
    if (want !== have) unfit.push({ field, wanted: want, actual: have, fix });
  }
  return unfit;
}

function settingOf(value: unknown, absent: unknown): unknown {
  if (value === undefined || value === null || value === '') return absent;
  if (Array.isArray(value))
    return value.length === 0 ? absent : value.map(text).toSorted().join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
