import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ImportError, type ImportStep } from '../../src/operate/importing/importer.js';
import { importers } from '../index.js';
import { govukHistory } from './index.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stele-govuk-history-'));
});
afterAll(() => rm(directory, { recursive: true }));

const version = (n: number, yaml: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    commit: String(n).repeat(40),
    committed_at: `2020-06-0${n}T01:30:00+01:00`,
    actor: `dev-${n}`,
    path: 'data/repos.yml',
    yaml,
    ...more,
  });

const fileOf = async (content: string | Buffer, name = 'history.jsonl') => {
  const file = join(directory, name);
  await writeFile(file, content);
  return file;
};

const all = async (read: AsyncIterable<ImportStep>): Promise<readonly ImportStep[]> => {
  const steps: ImportStep[] = [];
  for await (const step of read) steps.push(step);
  return steps;
};

const steps = async (file: string) => all((await govukHistory.open(file)).read());

const failure = async (content: string | Buffer): Promise<ImportError> => {
  const file = await fileOf(content);
  const error = await steps(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ImportError) return error;
  throw new Error('expected an ImportError', { cause: error });
};

const TWO = [
  version(1, '- { repo_name: a, puppet_name: x }'),
  version(2, '- { repo_name: a, team: t, puppet_name: x }'),
].join('\n');

describe('a good file', () => {
  test('is one step per line, at the time of its commit in UTC', async () => {
    const [first, second, ...none] = await steps(await fileOf(TWO));
    expect(none).toEqual([]);
    expect(first?.label).toBe('data/repos.yml@111111111111 2020-06-01T00:30:00.000Z');
    expect(second?.commands).toMatchObject([
      {
        command_type: 'SetOwner',
        actor: 'dev-2',
        command_timestamp: '2020-06-02T00:30:00.000Z',
        metadata: { effective_at: '2020-06-02T00:30:00.000Z' },
      },
    ]);
  });

  test('may be gzipped, end with an empty line or use CRLF: the same steps', async () => {
    const plain = await steps(await fileOf(TWO));
    expect(await steps(await fileOf(gzipSync(TWO), 'history.jsonl.gz'))).toEqual(plain);
    expect(await steps(await fileOf(`${TWO.replace('\n', '\r\n')}\r\n\r\n`))).toEqual(plain);
  });

  test('tells its number of steps and can be read again', async () => {
    const opened = await govukHistory.open(await fileOf(TWO));
    expect(opened.steps).toBe(2);
    const once = await all(opened.read());
    expect(await all(opened.read())).toEqual(once);
  });

  test('says once how it is read and, with the last step, what was read past', async () => {
    const [first, second] = await steps(await fileOf(TWO));
    const messages = first?.notes.map(({ message }) => message);
    expect(messages).toContain(
      'data_classification is not in the source; every application gets "internal"',
    );
    expect(second?.notes).toEqual([
      { where: 'whole file', kind: 'read-past', message: 'puppet_name is not imported (2 rows)' },
    ]);
  });

  test('with a version that is earlier than the one before it is read, and noted', async () => {
    const content = `${version(2, '[]')}\n${version(1, '[]')}`;
    const [, second] = await steps(await fileOf(content));
    expect(second?.notes.map(({ kind }) => kind)).toEqual(['earlier-than-before']);
  });

  test('may be left before its end', async () => {
    const opened = await govukHistory.open(await fileOf(gzipSync(TWO), 'left.jsonl.gz'));
    for await (const step of opened.read()) {
      expect(step.commands).toHaveLength(1);
      break;
    }
  });
});

describe('a bad file', () => {
  test.each([
    ['a line that is not JSON', `${version(1, '[]')}\n{"commit":`, 'INVALID_JSON', 2],
    ['a line that is no object', `${version(1, '[]')}\n[]`, 'INVALID_RECORD', 2],
    ['a missing field', version(1, '[]', { actor: undefined }), 'INVALID_RECORD', 1],
    ['a bad time', version(1, '[]', { committed_at: 'yesterday' }), 'INVALID_RECORD', 1],
    ['a bad commit', version(1, '[]', { commit: 'HEAD' }), 'INVALID_RECORD', 1],
    ['bad YAML', `\n${version(1, '- a: [')}`, 'INVALID_YAML', 2],
    ['YAML that is no list', version(1, 'a: 1'), 'NOT_A_LIST', 1],
    ['a commit twice', `${version(1, '[]')}\n${version(1, '[]')}`, 'REPEATED_COMMIT', 2],
    ['nothing in it', '\n\n', 'EMPTY_FILE', undefined],
    ['text that is not UTF-8', Buffer.from([0x22, 0xff]), 'FILE_UNREADABLE', undefined],
  ])('%s', async (_, content, code, line) => {
    expect(await failure(content)).toMatchObject({ code, line });
  });

  test('says which fields are wrong, and what was expected', async () => {
    const { message } = await failure(version(1, '[]', { actor: '', committed_at: undefined }));
    expect(message).toContain('history.jsonl, line 1: committed_at: expected ISO 8601');
    expect(message).toContain('actor: ');
    expect(message).toContain('expected one JSON object per line');
  });

  test('a broken archive fails before the first step', async () => {
    const cut = gzipSync(TWO).subarray(0, -12);
    await expect(govukHistory.open(await fileOf(cut))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });

  test('a file that is not there, or is a directory', async () => {
    for (const file of [join(directory, 'nowhere.jsonl'), directory])
      await expect(govukHistory.open(file)).rejects.toMatchObject({
        name: 'ImportError',
        code: 'FILE_UNREADABLE',
        line: undefined,
      });
  });
});

test('it is among the importers, whose names are unique', () => {
  expect(importers).toContain(govukHistory);
  expect(new Set(importers.map(({ name }) => name)).size).toBe(importers.length);
});
