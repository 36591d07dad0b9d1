import { useMemo } from 'react';
import type { Kind } from '../../api/use-kinds.js';
import { useLifecycle } from '../../lifecycle/use-lifecycle.js';
import { NOW, versionThere } from './moment.js';
import { stepAt, stepsOf } from './status-history.js';
import {
  type Document,
  useCommands,
  useDocument,
  useSince,
  useStatusHistory,
} from './use-document.js';
import type { Travel } from './use-travel.js';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** When it began, on either clock. */
const beganOf = (document: Document | undefined) => {
  const now = new Date().toISOString();
  return {
    effective_at: textOf(document?.since) ?? now,
    as_of: textOf(document?.created_at) ?? now,
  };
};

/** All that is known of a thing at the moment shown, and of its whole way. */
export const useLife = (kind: Kind, id: string, { moment, shown }: Travel) => {
  const { machine, chart, error: noMachine, retry: askMachine } = useLifecycle(kind.type);
  const commands = useCommands(kind, id);
  const now = useDocument(kind, id, NOW);
  const then = useDocument(kind, id, moment);
  const since = useSince(kind, id, moment);
  const stays = useStatusHistory(kind, id);
  const statuses = useMemo(() => machine?.states.map(({ name }) => name) ?? [], [machine]);
  const steps = useMemo(
    () => (stays.data && machine ? stepsOf(stays.data, machine.initial, statuses) : []),
    [stays.data, machine, statuses],
  );
  const last = commands.data?.aggregate_version ?? numberOf(now.data?.version);
  // What the server said of this moment, not of the one before it.
  const settled = since.isPlaceholderData ? undefined : since.data?.from;
  const version = {
    now: last,
    version: moment.kind === 'version' ? versionThere(moment.version, last) : undefined,
    as_of: settled?.aggregate_version,
    effective_at: settled?.aggregate_version,
  }[moment.kind];
  const step = stepAt(steps, shown, version);
  const resting = shown === moment;
  const said = moment.kind === 'now' ? commands.data?.status : settled?.status;
  const at =
    settled?.occurred_at ?? (then.isPlaceholderData ? undefined : textOf(then.data?.occurred_at));
  return {
    machine,
    chart,
    noMachine,
    askMachine,
    commands,
    now,
    then,
    since,
    stays,
    statuses,
    steps,
    step,
    last,
    version,
    at,
    began: beganOf(now.data),
    /** The status at the moment shown; while a slider moves, as far as the way tells. */
    status: (resting ? said : undefined) ?? step?.to,
    deleted: machine?.states.find(({ name }) => name === commands.data?.status)?.kind === 'deleted',
    /** The fields that its read model has. */
    known: useMemo(() => new Set(Object.keys(now.data ?? {})), [now.data]),
  };
};
