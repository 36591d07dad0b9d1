import { describe, expect, it } from 'vitest';
import type { Happened, Landscape } from '../../src/operate/importing/importer.js';
import { settledIn } from './settled.js';

const of = { aggregate_type: 'Application', aggregate_id: 'a' };
const born = ['ApplicationCreated', {}, 'import'] as const;
type Said = readonly [event_type: string, data: Happened['data'], source: string];

/** The log of one application, and how often the data of its events were looked at. */
const landscape = (...said: readonly Said[]) => {
  let looks = 0;
  const events = said.map(([event_type, data, source], at) => ({
    ...of,
    event_id: String(at),
    event_type,
    source,
    actor: 'ann',
    aggregate_version: at + 1,
    sequence: at + 1,
    correlation_id: null,
    event_timestamp: '',
    get data() {
      looks++;
      return data;
    },
  }));
  const log = { events: async (): Promise<readonly Happened[]> => events };
  return { landscape: log as unknown as Landscape, looks: () => looks };
};

describe('who had the last word', () => {
  it.each([
    ['services/1', 'ServiceOffered'],
    ['services/1/sla', 'ServiceSlaChanged'],
    ['services/1/capability_id', 'ServiceOffered'],
    ['services/10/sla', undefined],
    ['owner', undefined],
  ])('on %s is told by what set it, or what it is inside of: %s', async (key, event_type) => {
    const { landscape: log } = landscape(
      born,
      ['ServiceOffered', { service_id: '1' }, 'api'],
      ['ServiceSlaChanged', { service_id: '1' }, 'api'],
    );
    expect((await settledIn(log).byPeople(of, key))?.event_type).toBe(event_type);
  });

  it('is with the whole that came after a part', async () => {
    const { landscape: log } = landscape(
      born,
      ['ServiceSlaChanged', { service_id: '1' }, 'api'],
      ['ServiceWithdrawn', { service_id: '1' }, 'import'],
    );
    expect(await settledIn(log).byPeople(of, 'services/1/sla')).toBeUndefined();
  });

  it('is looked up for many keys in a history that is looked through once', async () => {
    const tags = Array.from({ length: 100 }, (_, at) => `t${at}`);
    const added = tags.map((tag): Said => ['TagsAdded', { tags: [tag] }, 'api']);
    const { landscape: log, looks } = landscape(born, ...added);
    const settled = settledIn(log);
    for (const tag of tags)
      expect((await settled.byPeople(of, `tags/${tag}`))?.data.tags).toEqual([tag]);
    expect(looks()).toBe(added.length + 1 + tags.length);
  });
});
