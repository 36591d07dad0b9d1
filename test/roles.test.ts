import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { roles } from '../actors/roles.js';
import { sampleData } from '../src/cli/sample.js';
import { type Principal, TRUSTED } from '../src/core/access.js';
import type { CommandSpec } from '../src/core/message.js';
import { isRefusal } from '../src/core/refusal.js';
import { createApplication, envelope } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { type Reach, readRoleTable, renderRoleTable } from './support/role-table.js';

const PAGE = new URL('../docs/reference/roles.md', import.meta.url);
if (process.env.STELE_WRITE_DOCS) writeFileSync(PAGE, renderRoleTable());
const page = readFileSync(PAGE, 'utf8');
const table = readRoleTable(page);

/** Values for fields that a sample cannot guess. */
const FITTING = {
  tags: ['x'],
  specification_url: 'https://example.org/api',
  version: '1.0.0',
};
const fitting = ({ data }: CommandSpec): object =>
  Object.fromEntries(Object.entries(FITTING).filter(([field]) => field in data.shape));

const TEAM = 'hr-it';
const person = (role: string, teams: readonly string[] = [TEAM]): Principal => ({
  actor: `the ${role}`,
  actor_type: 'user',
  roles: [role],
  teams,
});

describe('the page of roles', () => {
  it('is what the definitions say (npm run docs:roles)', () => {
    expect(page).toBe(renderRoleTable());
    expect(table).toHaveLength(actors.flatMap(({ commands }) => Object.keys(commands)).length);
  });
});

describe('every command in every role', () => {
  let server: TestServer;
  let node: TestNode;
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startTestNode(server.url, { roles });
    for (const [id, owner] of [
      ['ours', TEAM],
      ['theirs', 'others'],
    ] as const) {
      const command = createApplication(id, { name: `App ${id}`, owner });
      const created = await node.runtime.dispatch(command, 'test', TRUSTED);
      if (isRefusal(created)) throw new Error(created.message);
    }
  });
  afterAll(async () => {
    await node.close();
    await server.stop();
  });

  const codeOf = async (input: object, by?: Principal): Promise<string> => {
    const result = await node.runtime.dispatch(input, 'test', by);
    return isRefusal(result) ? result.refused : 'accepted';
  };
  const events = async (): Promise<number> => {
    const ends = await Promise.all(actors.map((one) => node.store.ends(one)));
    return ends.reduce((sum, { last }) => sum + last, 0);
  };
  /** A command whose data is not right: whoever is allowed is told so, nobody else is. */
  const wrong = (aggregate: string, command: string, source: string) => ({
    ...envelope(aggregate, 'anything', command, { no_such_field: true }),
    actor: undefined,
    source,
  });

  it('is let in exactly where the page says so; nothing is written, nothing shown', async () => {
    const before = await events();
    const misses: string[] = [];
    for (const { aggregate, command, reach } of table)
      for (const [role, declared] of Object.entries(reach) as [string, Reach][])
        for (const source of ['api', 'import']) {
          const code = await codeOf(wrong(aggregate, command, source), person(role));
          const may =
            declared === 'import' ? source === 'import' : declared !== '' && source === 'api';
          if ((code === 'VALIDATION_ERROR') !== may || (!may && code !== 'FORBIDDEN'))
            misses.push(`${role} ${source} ${aggregate} ${command}: ${code}`);
        }
    expect(misses).toEqual([]);
    for (const { aggregate, command } of table) {
      expect(await codeOf(wrong(aggregate, command, 'api'))).toBe('UNAUTHENTICATED');
      expect(await codeOf(wrong(aggregate, command, 'api'), person('nobody'))).toBe('FORBIDDEN');
    }
    expect(await events()).toBe(before);
  });

  const owned = table.filter(
    ({ aggregate, reach }) => aggregate === 'Application' && reach.owner === 'own',
  );

  it('of an owner: an integration belongs to whoever owns either side', async () => {
    const of = (source_app_id: string, target_app_id: string) => ({
      ...envelope('Integration', 'flow', 'CreateIntegration', {
        source_app_id,
        target_app_id,
        protocol: 'rest',
      }),
      actor: undefined,
    });
    const owner = person('owner');
    expect(await codeOf(of('theirs', 'never-was'), owner)).toBe('FORBIDDEN');
    expect(await codeOf(of('never-was', 'never-will'), owner)).toBe('FORBIDDEN');
    expect(await codeOf(of('theirs', 'ours'), person('owner', ['x']))).toBe('FORBIDDEN');
    expect(await codeOf(of('theirs', 'ours'), owner)).toBe('accepted');
    const slower = { ...envelope('Integration', 'flow', 'SetFrequency', { frequency: 'daily' }) };
    expect(await codeOf({ ...slower, actor: undefined }, person('owner', ['x']))).toBe('FORBIDDEN');
    expect(await codeOf({ ...slower, actor: undefined }, owner)).toBe('accepted');
  });

  it.each(owned)('of an owner: $command is for the own applications only', async ({ command }) => {
    const spec = actors.find(({ name }) => name === 'Application')!.commands[command]!;
    const data = {
      ...(sampleData(spec as CommandSpec) as object),
      ...fitting(spec as CommandSpec),
    };
    const of = (id: string) => ({
      ...envelope('Application', id, command, data),
      actor: undefined,
      dry_run: true,
    });
    const foreign = await node.runtime.dispatch(of('theirs'), 'test', person('owner'));
    expect(foreign).toMatchObject({ refused: 'FORBIDDEN' });
    const missing = await node.runtime.dispatch(of('never-was'), 'test', person('owner'));
    expect(missing).toEqual(foreign);
    expect(await codeOf(of('ours'), person('owner', []))).toBe('FORBIDDEN');
    expect(await codeOf(of('ours'), person('owner'))).not.toBe('FORBIDDEN');
  });
});
