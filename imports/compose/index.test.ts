import { expect, it } from 'vitest';
import { ownTime } from '../../test/support/own-time.js';
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

const typesOf = (files: Parameters<typeof readCompose>[0]) => {
  const { elements, relations, skipped } = readCompose(files);
  return {
    kinds: Object.fromEntries(elements.map(({ key, kind }) => [key, kind])),
    arrows: relations.map(({ key }) => key),
    skipped: skipped.map(({ message }) => message),
  };
};

it('merges an override as Compose does, its own tags among them', () => {
  const base = file(
    'p/docker-compose.yml',
    'services:\n  web: { build: ., depends_on: [cache] }\n  cache: { image: "redis:7" }\n  old: { image: tiny }\n',
  );
  const over = (rest: string) =>
    file(
      'p/docker-compose.override.yml',
      `services:\n  web:\n    ports: ["8080:80"]\n    depends_on: ${rest}\n  mail: { image: axllent/mailpit }\n  old: !reset null\n`,
    );
  expect(typesOf([base, over('[mail]')])).toEqual({
    kinds: { web: 'application', cache: 'server', mail: 'application' },
    arrows: ['web depends_on cache', 'web depends_on mail'],
    skipped: [],
  });
  expect(typesOf([over('!override [mail]'), base]).arrows).toEqual(['web depends_on mail']);
  expect(typesOf([over('!reset []'), base]).arrows).toEqual([]);
  const within = over('{ cache: !reset null, mail: {} }');
  expect(typesOf([base, within]).arrows).toEqual(['web depends_on mail']);
  const whole = (services: string) =>
    typesOf([base, file('p/docker-compose.override.yml', `services: ${services}`)]).kinds;
  expect(whole('!override { one: { image: tiny } }')).toEqual({ one: 'application' });
  expect(whole('{ none: !reset null }')).toEqual(typesOf([base]).kinds);
  const alone = typesOf([file('q/compose.override.yaml', 'services:\n  a: { build: . }\n')]);
  expect(alone.kinds).toEqual({ a: 'application' });
});

it('knows data stores by what vendors call them, and not what stands beside them', () => {
  const images = (...names: string[]) =>
    file(
      'c.yml',
      `services:\n${names.map((name, i) => `  s${i}: { image: "${name}" }\n`).join('')}`,
    );
  const kindsOf = (...names: string[]) => new Set(Object.values(typesOf([images(...names)]).kinds));
  expect(
    kindsOf(
      'bitnami/postgresql:16',
      'mongodb/mongodb-community-server:7.0',
      'redis/redis-stack',
      'confluentinc/cp-kafka:7.6.0',
      'mcr.microsoft.com/mssql/server:2022-latest',
      'timescale/timescaledb:latest-pg16',
      'localhost:5000/mysql@sha256:abc',
      'postgres',
      'docker.elastic.co/elasticsearch/elasticsearch:8.1.0',
      'clickhouse/clickhouse-server',
    ),
  ).toEqual(new Set(['server']));
  expect(
    kindsOf(
      'mongo-express',
      'prometheuscommunity/postgres-exporter',
      'provectuslabs/kafka-ui',
      'rediscommander/redis-commander',
      'redis/redisinsight',
      'dpage/pgadmin4',
      'minio/mc',
      'confluentinc/cp-kafka-connect',
      'acme/server',
      'axllent/mailpit',
      'acme/orders-kafka-consumer:1',
      'acme/mongo-sync-service:1',
      'acme/orders-redis-cache-x',
    ),
  ).toEqual(new Set(['application']));
});

it('follows extends within a file', () => {
  const { arrows, skipped } = typesOf([
    file(
      'c.yml',
      'services:\n  base: { image: tiny, depends_on: [pg] }\n  one: { extends: base, depends_on: [q] }\n  two: { extends: { service: one } }\n  far: { extends: { file: other.yml, service: x } }\n  loop: { extends: loop }\n  pg: { image: "postgres:16" }\n  q: { build: . }\n',
    ),
  ]);
  expect(arrows).toEqual([
    'base depends_on pg',
    'one depends_on pg',
    'one depends_on q',
    'two depends_on pg',
    'two depends_on q',
  ]);
  expect(skipped).toHaveLength(2);
});

it('takes no time that grows with the square of its services', () => {
  const many = 20_000;
  const services = Array.from({ length: many }, (_, n) => `  s${n}: {}\n`).join('');
  const took = ownTime(() => {
    expect(readCompose([file('c.yml', `services:\n${services}`)]).elements).toHaveLength(many);
  });
  expect(took).toBeLessThan(6_000);
  expect(() => readCompose([file('c.yml', 'services:\n  a: {}\n  a: {}\n')])).toThrow(
    /line 3: Map keys must be unique/,
  );
});
