import { judgeCommand, judgeCommandId } from './judge-commands.js';
import { isNotNow, judgeRead } from './judge-reads.js';
import { type Entry, isTold, type Ledger, type Read, type Told } from './ledger.js';
import type { Truth } from './truth.js';

/** An answer that was true at no moment between question and answer. */
export type Lie = { readonly entry: Entry; readonly why: string };

/** What a ledger comes to. */
export type Verdict = {
  readonly lies: readonly Lie[];
  readonly commands: number;
  readonly reads: number;
  /** Reads that were not answered, and said so. */
  readonly notNow: number;
};

const attemptsOf = (told: readonly Entry<Told>[]): ReadonlyMap<string, Entry<Told>[]> => {
  const byId = new Map<string, Entry<Told>[]>();
  for (const entry of told) {
    const { command_id } = entry.question;
    const attempts = byId.get(command_id) ?? [];
    attempts.push(entry);
    byId.set(command_id, attempts);
  }
  return byId;
};

/** Hold every answer against what the log says was so. */
export const judge = ({ entries }: Ledger, truth: Truth): Verdict => {
  const told = entries.filter(isTold);
  const reads = entries.filter((entry): entry is Entry<Read> => !isTold(entry));
  const byId = attemptsOf(told);
  const lies: Lie[] = [];
  const found = (entry: Entry, why: string | undefined): void => {
    if (why !== undefined) lies.push({ entry, why });
  };
  for (const entry of told) {
    const attempts = byId.get(entry.question.command_id)!;
    found(entry, judgeCommand(entry, { truth, attempts }));
  }
  for (const attempts of byId.values()) found(attempts.at(-1)!, judgeCommandId(attempts, truth));
  for (const entry of reads) found(entry, judgeRead(entry, truth));
  return {
    lies,
    commands: told.length,
    reads: reads.length,
    notNow: reads.filter(isNotNow).length,
  };
};
