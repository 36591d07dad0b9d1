import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from './support/cluster.js';
import { Crowd } from './support/truth/crowd.js';
import { judge, type Lie } from './support/truth/judge.js';
import { Ledger } from './support/truth/ledger.js';
import { Nemesis, type Pace } from './support/truth/nemesis.js';
import { Truth } from './support/truth/truth.js';
import { readLog, startTwoNodes, type TwoNodes } from './support/truth/two-nodes.js';

/** So many commands, and so many reads; without it, what comes while each thing goes wrong once. */
const WANTED = Number(process.env.STELE_TEST_TRUTH ?? 0);
const CROWD = { writers: 24, readers: 16 };
const SHORT: Pace = { follower: 1_500, quorum: 4_000, leader: 2_500, gone: 1_500, calm: 300 };
/** Long enough that another is elected in place of the leader. */
const LONG: Pace = { follower: 4_000, quorum: 6_000, leader: 12_000, gone: 8_000, calm: 4_000 };
/** Questions about positions that are asked again once all is quiet. */
const ASKED_AGAIN = WANTED > 0 ? 200 : 20;
/** At most this share of reads may be told to come again, though half of the time all stands. */
const NOT_NOW_MAX = 0.5;
/** Lies of one kind that are shown. */
const SHOWN_MAX = 2;
const LONG_MS = 3_600_000;

/** What was asked and answered when, what was the matter then, and who had seen more. */
const said = (
  { entry: { question, answer, begin, end }, why }: Lie,
  { truth, nemesis }: { readonly truth: Truth; readonly nemesis: Nemesis },
): string => {
  const wrong = nemesis.done.findLast(({ from }) => from <= end);
  const slug = 'slug' in question ? question.slug : 'application';
  const proof = truth.proofAt(slug, begin);
  return [
    `${why}: ${JSON.stringify(question)} answered ${answer.status} ${answer.code ?? ''}`,
    `${answer.body.message ?? answer.position} after ${Math.round(end - begin)} ms`,
    wrong && `${Math.round(begin - wrong.to)} ms after ${wrong.what}`,
    proof &&
      `${proof.question.kind} had shown ${proof.answer.position} ${begin - proof.end} ms ago`,
  ].join(', ');
};

/** Some of each kind: they differ in numbers. */
const shown = (
  lies: readonly Lie[],
  circumstances: { readonly truth: Truth; readonly nemesis: Nemesis },
): readonly string[] => {
  const kinds = new Map<string, Lie[]>();
  for (const lie of lies) {
    const kind = `${lie.entry.question.kind} ${lie.why.replaceAll(/\d+/g, 'n')}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), lie]);
  }
  return [...kinds].flatMap(([kind, all]) => [
    `${all.length} of: ${kind}`,
    ...all.slice(0, SHOWN_MAX).map((lie) => said(lie, circumstances)),
  ]);
};

describe('two nodes on three servers, of which some stand still, lag, or are gone', () => {
  let cluster: TestCluster;
  let two: TwoNodes;
  beforeAll(async () => {
    cluster = await startTestCluster();
    two = await startTwoNodes(cluster);
  });
  afterAll(async () => {
    await two?.close();
    await cluster?.stop();
  });

  it(
    'give no answer that was not true at some moment between question and answer',
    async () => {
      const ledger = new Ledger();
      const crowd = new Crowd({ doors: two.urls, people: two.people, ledger });
      await crowd.begin();
      const nemesis = new Nemesis(cluster, WANTED > 0 ? LONG : SHORT);
      let goesOn = true;
      const acting = crowd.act(CROWD, () => goesOn);
      do await nemesis.round();
      while (Math.min(ledger.commands, ledger.reads) < WANTED);
      goesOn = false;
      await acting;
      await crowd.settle();
      await crowd.askAgain(ASKED_AGAIN);

      const truth = new Truth(await readLog(cluster), ledger.entries);
      const { lies, commands, reads, notNow } = judge(ledger, truth);
      const counts = JSON.stringify(ledger.counts(), null, 1);
      process.stderr.write(
        `truth: ${commands} commands, ${reads} reads, ${nemesis.done.length} wrongs, ${lies.length} lies; ${counts}\n`,
      );
      expect(shown(lies, { truth, nemesis })).toEqual([]);
      expect(notNow).toBeLessThan(reads * NOT_NOW_MAX);
    },
    LONG_MS,
  );
});
