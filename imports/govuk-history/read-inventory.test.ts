import { describe, expect, test } from 'vitest';
import { ImportError } from '../../src/operate/importing/importer.js';
import { readInventory } from './read-inventory.js';

const PLACE = { file: 'history.jsonl', line: 7, label: 'data/repos.yml@0123456789ab' };
const read = (yaml: string) => readInventory(yaml, PLACE);
const names = (yaml: string) => read(yaml).rows.map(({ name }) => name);
const kinds = (yaml: string) => read(yaml).notes.map(({ kind }) => kind);

const failure = (yaml: string): ImportError => {
  try {
    read(yaml);
  } catch (error) {
    if (error instanceof ImportError) return error;
  }
  throw new Error('expected an ImportError');
};

describe('a row', () => {
  test('is read with all that is imported', () => {
    expect(
      read(`
- repo_name: account-api
  type: APIs
  team: "#accounts"
  production_hosted_on: eks
  retired: true
`),
    ).toEqual({
      rows: [
        {
          name: 'account-api',
          owner: '#accounts',
          type: 'APIs',
          hosted_on: 'eks',
          retired: true,
        },
      ],
      notes: [],
      readPast: new Map(),
    });
  });

  test('with a name alone has nothing else', () => {
    expect(read('- repo_name: a').rows).toEqual([
      { name: 'a', owner: null, type: null, hosted_on: null, retired: false },
    ]);
  });

  test('is known by app_name, then github_repo_name, then repo_name', () => {
    expect(names('- { app_name: a, github_repo_name: b, repo_name: c }')).toEqual(['a']);
    expect(names('- { github_repo_name: b, repo_name: c }')).toEqual(['b']);
    expect(names('- { repo_name: c }')).toEqual(['c']);
    expect(names('- { app_name: "  ", repo_name: " c " }')).toEqual(['c']);
  });

  test('hosted on "none", or on nothing, is not hosted', () => {
    const { rows } = read(`
- { repo_name: a, production_hosted_on: none }
- { repo_name: b, production_hosted_on: }
- { repo_name: c, production_hosted_on: aws }`);
    expect(rows.map(({ hosted_on }) => hosted_on)).toEqual([null, null, 'aws']);
  });

  test('is retired only when it says true', () => {
    const yaml = `
- { repo_name: a, retired: true }
- { repo_name: b, retired: false }
- { repo_name: c, retired: "true" }
- { repo_name: d, retired: }`;
    expect(read(yaml).rows.map(({ retired }) => retired)).toEqual([true, false, false, false]);
    expect(read(yaml).notes).toEqual([
      {
        where: 'data/repos.yml@0123456789ab:4',
        kind: 'unexpected-value',
        message: 'retired is the string true, not a boolean; read as false',
      },
    ]);
  });

  test('with values that are not text says how they were read', () => {
    const { rows, notes } = read('- { repo_name: 2048, team: [x], type: false }');
    expect(rows).toEqual([
      { name: '2048', owner: null, type: null, hosted_on: null, retired: false },
    ]);
    expect(notes.map(({ message }) => message)).toEqual([
      'repo_name is the number 2048; read as text',
      'team is a list, not text; read as missing',
      'type is the boolean false, not text; read as missing',
    ]);
  });

  test('that gives a field twice is read as its last one, and reported', () => {
    const yaml = '- repo_name: a\n  type: Utilities\n  type: Gems\n';
    expect(read(yaml).rows[0]?.type).toBe('Gems');
    expect(read(yaml).notes).toEqual([
      {
        where: 'data/repos.yml@0123456789ab:1',
        kind: 'repeated-field',
        message: 'type is given twice; the last one counts',
      },
    ]);
  });

  test('may use anchors and merge keys', () => {
    const { rows } = read('- &base { repo_name: a, team: t }\n- { <<: *base, repo_name: b }');
    expect(rows.map(({ name, owner }) => [name, owner])).toEqual([
      ['a', 't'],
      ['b', 't'],
    ]);
  });
});

describe('what is skipped', () => {
  test('a name listed again: the first row counts', () => {
    const yaml = '- { repo_name: a, team: one }\n- { repo_name: a, team: two }';
    expect(read(yaml).rows.map(({ owner }) => owner)).toEqual(['one']);
    expect(read(yaml).notes).toEqual([
      {
        where: 'data/repos.yml@0123456789ab:2',
        kind: 'repeated-name',
        message: 'a is listed above already; the first row counts',
      },
    ]);
  });

  test('a row without a name', () => {
    const yaml = '- { team: one }\n- { repo_name: b }';
    expect(names(yaml)).toEqual(['b']);
    expect(kinds(yaml)).toEqual(['no-name']);
  });

  test('an entry that is no mapping', () => {
    const yaml = '- just text\n-\n- [a, b]\n- { repo_name: b }';
    expect(names(yaml)).toEqual(['b']);
    expect(read(yaml).notes.map(({ message }) => message)).toEqual([
      'the entry is the string just text, not a mapping; skipped',
      'the entry is empty, not a mapping; skipped',
      'the entry is a list, not a mapping; skipped',
    ]);
  });

  test('fields that are not imported are counted, without a note for each', () => {
    const { readPast, notes } = read(`
- { repo_name: a, puppet_name: x, description: y }
- { app_name: b, repo_name: c, puppet_name: z }`);
    expect(readPast).toEqual(
      new Map([
        ['puppet_name', 2],
        ['description', 1],
        ['repo_name', 1],
      ]),
    );
    expect(notes).toEqual([]);
  });
});

describe('a version that cannot be read', () => {
  test.each([
    ['broken YAML', '- a: [1\n- b: "x', 'INVALID_YAML'],
    ['an unknown alias', '- *nobody', 'INVALID_YAML'],
    ['two documents', '- repo_name: a\n---\n- repo_name: b', 'INVALID_YAML'],
    ['a mapping', 'repo_name: a', 'NOT_A_LIST'],
    ['nothing at all', '# only a comment\n', 'NOT_A_LIST'],
  ])('%s', (_, yaml, code) => {
    expect(failure(yaml)).toMatchObject({ code, file: 'history.jsonl', line: 7 });
  });

  test('says where, what was wrong and what was expected', () => {
    expect(failure('repo_name: a').message).toBe(
      'history.jsonl, line 7: data/repos.yml@0123456789ab: the YAML is a mapping; ' +
        'expected a YAML list with one mapping per application',
    );
  });

  test('an empty list is a version without applications', () => {
    expect(read('[]').rows).toEqual([]);
  });
});
