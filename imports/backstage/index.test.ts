import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readBackstage } from './index.js';

type Given = { readonly kind: string; readonly name: string; readonly [field: string]: unknown };
const entity = ({ kind, name, title, description, tags, namespace, ...spec }: Given): string =>
  stringify({
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    spec,
    metadata: { name, title, description, tags, namespace },
  });
const file = (path: string, ...documents: readonly string[]) => ({
  path,
  bytes: new TextEncoder().encode(documents.join('---\n')),
});
const read = (...given: readonly Given[]) =>
  readBackstage([file('catalog/all.yaml', ...given.map(entity))]);
const component = (name: string, more: object = {}): Given => ({
  kind: 'Component',
  name,
  type: 'service',
  lifecycle: 'production',
  owner: 'group:pay',
  ...more,
});
const arrows = ({ relations }: ReturnType<typeof read>) =>
  relations.map(({ source_key, type, target_key }) => `${source_key} ${type} ${target_key}`);
const whys = ({ skipped }: ReturnType<typeof read>) => skipped.map(({ message }) => message);

describe('a Backstage catalogue', () => {
  it('reads components as applications, with owner, lifecycle and tags', () => {
    const model = read(
      component('payroll', { title: 'Payroll', tags: ['java', 'java'], system: 'money' }),
      component('lab', { lifecycle: 'experimental', owner: undefined }),
      component('odd', { lifecycle: 'resting' }),
    );
    expect(model.elements).toMatchObject([
      {
        key: 'component:default/payroll',
        kind: 'application',
        name: 'Payroll',
        where: 'catalog/all.yaml:1',
        fields: { owner: 'pay', lifecycle: 'active', tags: ['java', 'service', 'system:money'] },
      },
      { fields: { lifecycle: 'planned', tags: ['service'] } },
      { fields: { owner: 'pay', tags: ['service'] } },
    ]);
    expect(model.elements[1]!.fields).not.toHaveProperty('owner');
    expect(whys(model)).toEqual([expect.stringContaining('lifecycle "resting"')]);
    expect(model).toMatchObject({ source: 'catalog', counts: { component: 3 } });
  });

  it('reads an API as a service and an interface of who provides it first', () => {
    const model = read(
      component('a', { providesApis: ['pay'] }),
      component('b', { providesApis: ['api:default/pay'], consumesApis: ['pay', 'gone'] }),
      { kind: 'API', name: 'pay', type: 'openapi' },
      { kind: 'API', name: 'orphan', type: 'grpc' },
    );
    expect(model.elements.slice(2)).toMatchObject([
      { key: 'api:default/pay#service', kind: 'service', parent_key: 'component:default/a' },
      { key: 'api:default/pay', kind: 'interface', fields: { protocol: 'rest' } },
    ]);
    expect(arrows(model)).toEqual([
      'component:default/b uses api:default/pay#service',
      'api:default/pay serves api:default/pay#service',
    ]);
    expect(whys(model)).toEqual([
      expect.stringContaining('consumesApis of component:default/b names api:default/gone'),
      expect.stringContaining('component:default/a does so already'),
      expect.stringContaining('api:default/orphan is not imported: no component'),
    ]);
  });

  it('reads what is depended on by what it is', () => {
    const model = read(
      component('a', {
        dependsOn: ['b', 'resource:db', 'Resource:vm', 'resource:odd', 'api:x', 'component:gone'],
        subcomponentOf: 'b',
      }),
      component('b'),
      { kind: 'Resource', name: 'db', type: 'database', tags: ['sql'], dependencyOf: ['b'] },
      { kind: 'Resource', name: 'vm', type: 'virtual-machine', dependsOn: ['resource:db'] },
      { kind: 'Resource', name: 'odd', type: 'unicorn' },
    );
    expect(arrows(model)).toEqual([
      'component:default/a depends_on component:default/b',
      'component:default/a stores_data_on resource:default/db',
      'component:default/a deployed_on resource:default/vm',
      'component:default/b stores_data_on resource:default/db',
    ]);
    expect(model.elements[2]).toMatchObject({
      kind: 'server',
      name: 'db',
      fields: { platform: 'database', tags: ['sql'] },
    });
    expect(whys(model)).toEqual([
      expect.stringContaining('no relation fits a resource of type "unicorn"'),
      expect.stringContaining('names api:default/x, which is not in the catalogue'),
      expect.stringContaining('names component:default/gone'),
      expect.stringContaining('a part of another component'),
      expect.stringContaining('resources depend on nothing here'),
    ]);
  });

  it('reads domains and groups as trees, and says of the rest why it has no place', () => {
    const model = readBackstage([
      file(
        'all.yaml',
        entity({ kind: 'Domain', name: 'sales', subdomainOf: 'all' }),
        entity({ kind: 'Group', name: 'team', parent: 'org', namespace: 'eu' }),
        entity({ kind: 'System', name: 's' }),
        entity({ kind: 'User', name: 'ada' }),
        entity({ kind: 'Template', name: 't' }),
        entity({ kind: 'Domain', name: 'Sales' }),
        'just: text\n',
      ),
      file('empty.yaml', ''),
      file(
        'more.yaml',
        entity({
          kind: 'Location',
          name: 'l',
          target: 'https://example.org/c.yaml',
          targets: ['./all.yaml', './gone.yaml'],
        }),
      ),
    ]);
    expect(model.elements).toMatchObject([
      { kind: 'business_capability', parent_key: 'domain:default/all' },
      { key: 'group:eu/team', kind: 'organization', parent_key: 'group:default/org' },
    ]);
    expect(whys(model)).toEqual([
      expect.stringContaining('domain:default/sales stands at all.yaml:1 already'),
      expect.stringContaining('not an entity of a catalogue'),
      expect.stringContaining('a system only groups'),
      expect.stringContaining('people are not part'),
      expect.stringContaining('kind template has no place'),
      expect.stringContaining('it only names other files'),
      expect.stringContaining('./gone.yaml is not among the files'),
      expect.stringContaining('is not fetched'),
    ]);
  });

  it('takes every name that Backstage allows, and a namespace that is left empty', () => {
    const names = ['team--billing', 'a.-_b', 'x', 'n'.repeat(63)];
    const model = readBackstage([
      ...names.map((name, n) =>
        file(`c/${n}/catalog-info.yaml`, entity({ kind: 'Component', name })),
      ),
      file(
        'c/catalog-info.yaml',
        'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: empty, namespace: }\n',
      ),
    ]);
    expect(whys(model)).toEqual([]);
    expect(model.elements.map(({ key }) => key).sort()).toEqual(
      [...names, 'empty'].map((name) => `component:default/${name}`).sort(),
    );
  });

  it('names what is beside the catalogue and no YAML for it, and skeletons of templates', () => {
    const model = readBackstage([
      file('c/catalog-info.yaml', entity({ kind: 'Component', name: 'good' })),
      file('c/mkdocs.yml', 'emoji: !!python/name:materialx.emoji.twemoji\n'),
      file('c/a/catalog-info.yaml', entity({ kind: 'Component', name: '{{ values.name }}' })),
      file('c/b/catalog-info.yaml', entity({ kind: 'Component', name: 'n'.repeat(64) })),
      file(
        'c/d/catalog-info.yaml',
        'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: x, namespace: "a b" }\n',
      ),
    ]);
    expect(model.elements.map(({ key }) => key)).toEqual(['component:default/good']);
    expect(whys(model)).toEqual([
      expect.stringMatching(/the file is not imported: .*python/),
      expect.stringContaining('"{{ values.name }}" is no name that Backstage allows'),
      expect.stringContaining('is no name that Backstage allows'),
      expect.stringContaining('"a b" is no name that Backstage allows'),
    ]);
  });

  it('refuses files without an entity, and YAML that is none', () => {
    expect(() => readBackstage([file('a.yaml', 'a: 1\n')])).toThrow(/no file holds an entity/);
    expect(() => readBackstage([file('a.yaml', 'a: [1\n')])).toThrow(/a\.yaml, line \d+:.*YAML/);
    const tooDeep = /deep\.yaml, line 2: is nested too deep: more than 200 levels/;
    for (const level of ['[', '- ', '{', '{a: ', '? ', '- ? ', '[{'])
      expect(() => readBackstage([file('deep.yaml', `#\n${level.repeat(2_000)}`)])).toThrow(
        tooDeep,
      );
    const fits = `a: ${'['.repeat(150)}${']'.repeat(150)}\n`;
    expect(() => readBackstage([file('deep.yaml', fits)])).toThrow(/no file holds an entity/);
    const keys = Array.from({ length: 1_050 }, (_, n) => `k${n}: 1`).join(', ');
    const merges = `a: &a { ${keys} }\nb:\n${'  <<: *a\n'.repeat(500)}`;
    expect(() => readBackstage([file('merges.yaml', merges)])).toThrow(
      /merges\.yaml, line \d+: merges more than 20000 pairs/,
    );
    const bomb = `${Array.from(
      { length: 9 },
      (_, n) =>
        `a${n}: &a${n} [${
          n === 0
            ? '1'
            : Array(9)
                .fill(`*a${n - 1}`)
                .join(', ')
        }]`,
    ).join('\n')}\n`;
    expect(() => readBackstage([file('bomb.yaml', bomb)])).toThrow(/bomb\.yaml.*cannot be read/);
  });
});
