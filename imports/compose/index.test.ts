import { expect, it } from 'vitest';
import { compose, readCompose } from './index.js';

const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text) });

it('reads services as applications and servers, in both ways to write depends_on', () => {
  const { elements, relations, skipped, source } = readCompose([
    file(
      'shop/compose.yaml',
      'services:\n  web:\n    build: .\n    depends_on: [db, api]\n  db:\n    image: postgres:16\n  api:\n    image: acme/api\n    depends_on:\n      db: { condition: service_healthy }\n      queue: {}\n',
    ),
  ]);
  expect(source).toBe('shop');
  expect(elements.map(({ key, kind, where }) => [key, kind, where])).toEqual([
    ['web', 'application', 'shop/compose.yaml:2'],
    ['db', 'server', 'shop/compose.yaml:5'],
    ['api', 'application', 'shop/compose.yaml:7'],
  ]);
  expect(relations.map(({ key, type }) => [key, type])).toEqual([
    ['web depends_on db', 'stores_data_on'],
    ['web depends_on api', 'depends_on'],
    ['api depends_on db', 'stores_data_on'],
  ]);
  expect(skipped).toMatchObject([{ where: 'shop/compose.yaml:11' }]);
});

it('keeps services of the same name in two files apart', () => {
  const one = 'services:\n  app:\n    build: .\n    depends_on: [db]\n  db: { image: redis }\n';
  const { elements, relations } = readCompose([
    file('a/compose.yml', one),
    file('b/compose.yml', one),
  ]);
  expect(new Set(elements.map(({ key }) => key)).size).toBe(4);
  expect(relations.map(({ target_key }) => target_key)).toEqual([
    'a/compose.yml#db',
    'b/compose.yml#db',
  ]);
});

it('refuses bombs, tags of their own and what is no YAML, with the line', () => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`,
  );
  for (const text of [
    `a0: &a0 x\n${bomb.join('\n')}\n`,
    'services: !!js/function "x"\n',
    'services: [\n',
    '\u00ff',
  ])
    expect(() => readCompose([file('compose.yml', text)])).toThrow(/compose\.yml/);
  expect(() => readCompose([file('compose.yml', 'a:\n\tb: 1\n')])).toThrow(/line 2/);
});

it('takes compose files of a folder only', () => {
  expect(
    ['a/docker-compose.yml', 'compose.prod.yaml', 'b/values.yaml', 'composer.json'].filter(
      compose.isPart,
    ),
  ).toEqual(['a/docker-compose.yml', 'compose.prod.yaml']);
});
