import { expect, it } from 'vitest';
import { goOnAfterBugs } from './go-on-after-bugs.js';

type Said = { readonly error: string; readonly left_out: number };
type Hear = (error: unknown) => void;

const listening = (): Hear[] =>
  ['uncaughtException', 'unhandledRejection'].flatMap(
    (event) => process.listeners(event as 'exit') as unknown as Hear[],
  );
const nextSecond = () =>
  new Promise((resolve) => setTimeout(resolve, 1_001 - (performance.now() % 1_000)));

it('says what nobody caught, once a second and shortened, as long as a node serves', async () => {
  const said: Said[] = [];
  const before = listening();
  const log = { warn: () => {}, error: (what: object) => void said.push(what as Said) };
  const served = goOnAfterBugs(log, async () => {
    const heard = listening().filter((one) => !before.includes(one));
    // One listener of both: of what is thrown, and of what is rejected.
    expect(heard).toHaveLength(2);
    await nextSecond();
    for (let n = 0; n < 100; n++)
      for (const hear of heard) hear(new Error(`x${n} ${'long'.repeat(9_000)}`));
    expect(said).toHaveLength(1);
    await nextSecond();
    heard[0]!(Object.create(null));
    throw new Error('it ended');
  });
  await expect(served).rejects.toThrow('it ended');
  expect(said[0]!.error).toMatch(/^Error: x0 long/);
  expect(said[0]!.error).toHaveLength(2_000);
  expect(said[1]).toEqual({ error: 'what was thrown cannot be shown', left_out: 199 });
  expect(listening()).toEqual(before);
});

it('throws nothing itself where not even the log can be written', async () => {
  const error = (): never => {
    throw new Error('the disk is full');
  };
  const before = listening();
  await goOnAfterBugs({ warn: () => {}, error }, async () => {
    for (const hear of listening()) if (!before.includes(hear)) hear(new Error('x'));
  });
});
