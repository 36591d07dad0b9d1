import { instance } from '@viz-js/viz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Arrow, arrows, type Chart, type Edge } from '../chart.js';
import { defineAggregate } from '../define-aggregate.js';
import { command } from '../message.js';
import { drawDot } from './dot.js';
import { graphOf, labelOf, type Step } from './graph.js';
import { drawMachine, FORMATS } from './index.js';
import { layoutOf } from './layout.js';
import { drawMermaid } from './mermaid.js';
import { type Box, centre } from './shape.js';
import { drawSvg } from './svg.js';
import { wrap } from './text.js';

const LIFE = ['planned', 'active', 'deprecated', 'retired'] as const;
const EDITS = Array.from({ length: 15 }, (_, i) => `Fact${i + 1}Recorded`);
const edits = Object.fromEntries(EDITS.map((event) => [event, {}]));
const by = (...all: readonly string[]): Edge => ({
  by: 'to_lifecycle',
  to: Object.fromEntries(all.map((one) => [one, one])),
});
const lived = (...next: readonly string[]) => ({
  on: {
    ...edits,
    LifecycleTransitioned: by(...next),
    LifecycleCorrected: by(...LIFE),
    ThingDeleted: 'deleted',
  },
});
/** A life on a line, corrections from any status to any, deletion from everywhere. */
const LIFECYCLE: Chart = {
  initial: 'absent',
  states: {
    absent: { on: { ThingCreated: 'planned' } },
    planned: lived('active'),
    active: lived('deprecated'),
    deprecated: lived('active', 'retired'),
    retired: lived(),
    deleted: { kind: 'deleted' },
  },
};
const step = (from: string, event: string, to: string): Step => ({ from, event, to });

const NAMES = [
  'absent',
  'open',
  'in review',
  'a "b" & <c>',
  'ünïcode 漢字',
  'end',
  '42',
  'x'.repeat(50),
];
const EVENTS = [
  'ThingCreated',
  'Moved',
  'ALongNameForAnEventThatHappens',
  'Noted',
  'Closed',
  'A<&">B',
];
const someEdge = (names: readonly string[]): fc.Arbitrary<Edge> =>
  fc.oneof(
    fc.constantFrom(...names),
    fc.constant({}),
    fc.record({
      by: fc.constant('to_status'),
      to: fc.dictionary(fc.constantFrom(...names, 'other'), fc.constantFrom(...names)),
    }),
  );
const someChart: fc.Arbitrary<Chart> = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })
  .chain((names) =>
    fc.record({
      initial: fc.constantFrom(...names),
      states: fc
        .array(
          fc.record({
            on: fc.dictionary(fc.constantFrom(...EVENTS), someEdge(names)),
            deleted: fc.boolean(),
          }),
          { minLength: names.length, maxLength: names.length },
        )
        .map((all) =>
          Object.fromEntries(
            all.map(({ on, deleted }, i) => [
              names[i]!,
              deleted ? { kind: 'deleted' as const, on } : { on },
            ]),
          ),
        ),
    }),
  );
/** A layout of a tangled chart takes some ten milliseconds. */
const FEW = { numRuns: 40 };
const someLife = someChart.chain((chart) => {
  const all = arrows(chart);
  const travelled: fc.Arbitrary<Arrow[]> =
    all.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...all), { maxLength: 8 });
  return fc.record({ chart: fc.constant(chart), travelled });
});

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width - 0.2 &&
  b.x < a.x + a.width - 0.2 &&
  a.y < b.y + b.height - 0.2 &&
  b.y < a.y + a.height - 0.2;

describe('layout', () => {
  it('keeps everything apart and inside', () => {
    fc.assert(
      fc.property(someLife, ({ chart, travelled }) => {
        const { width, height, nodes, edges, notes } = layoutOf(chart, travelled, {
          title: 'Title',
        });
        const labels = edges.flatMap(({ label }) => (label ? [label.box] : []));
        const boxes = [...nodes, ...notes].map(({ box }) => box).concat(labels);
        for (const [i, a] of boxes.entries())
          for (const b of boxes.slice(i + 1))
            expect(overlap(a, b), JSON.stringify([a, b])).toBe(false);
        const corners = boxes.flatMap((b) => [b, { x: b.x + b.width, y: b.y + b.height }]);
        for (const { x, y } of [...corners, ...edges.flatMap(({ points }) => points)]) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(34);
          expect(x).toBeLessThanOrEqual(width);
          expect(y).toBeLessThanOrEqual(height);
        }
      }),
      FEW,
    );
  });

  it('tells every status and every arrow', () => {
    fc.assert(
      fc.property(someLife, ({ chart, travelled }) => {
        const { nodes, edges } = layoutOf(chart, travelled);
        const { meshes } = graphOf(chart, travelled);
        expect(nodes.map(({ status }) => status).sort()).toEqual(Object.keys(chart.states).sort());
        for (const arrow of arrows(chart)) {
          const { from, to, event } = arrow;
          const told =
            from === to
              ? nodes.some((n) => n.status === from && n.allStays.includes(labelOf(arrow)))
              : edges.some(
                  (e) => e.from.includes(from) && e.to === to && e.labels.includes(labelOf(arrow)),
                ) ||
                meshes.some(
                  (m) => m.labels.includes(event) && m.from.includes(from) && m.to.includes(to),
                );
          expect(told, JSON.stringify(arrow)).toBe(true);
        }
        for (const { from, to, event } of travelled)
          if (from !== to)
            expect(
              edges.some((e) => e.from.includes(from) && e.to === to && e.steps.length > 0),
              event,
            ).toBe(true);
      }),
    );
  });

  it('draws the main path on one line, from left to right', () => {
    const { nodes } = layoutOf(LIFECYCLE);
    const at = nodes.map(({ box }) => centre(box));
    expect(nodes.map(({ status }) => status)).toEqual(['absent', ...LIFE, 'deleted']);
    for (const [i, { x, y }] of at.entries()) {
      expect(y).toBeCloseTo(at[0]!.y, 0);
      if (i > 0) expect(x).toBeGreaterThan(at[i - 1]!.x);
    }
  });

  it('shows the first few of many events that change no status', () => {
    const active = layoutOf(LIFECYCLE).nodes.find(({ status }) => status === 'active');
    expect(active?.stays).toEqual([...EDITS.slice(0, 3), '+ 13 more']);
    expect(active?.allStays).toEqual([...EDITS, 'LifecycleCorrected']);
  });

  it('says in words what leads from anywhere to anywhere', () => {
    const { meshes, fans } = graphOf(LIFECYCLE);
    expect(meshes).toEqual([
      {
        labels: ['LifecycleCorrected'],
        from: LIFE,
        to: ['active', 'deprecated', 'retired', 'planned'],
      },
    ]);
    expect(fans.map(({ to, links }) => [to, links.length])).toEqual([['deleted', 4]]);
    expect(layoutOf(LIFECYCLE).notes.map(({ text }) => text)).toEqual([
      'LifecycleCorrected: from planned, active, deprecated or retired to any other of them',
    ]);
  });

  it('draws a line for what was travelled, even if it is also said in words', () => {
    const { edges } = layoutOf(LIFECYCLE, [step('retired', 'LifecycleCorrected', 'planned')]);
    expect(edges.filter(({ steps }) => steps.length > 0)).toMatchObject([
      { kind: 'link', from: ['retired'], to: 'planned', label: { steps: '1' } },
    ]);
  });

  it('breaks names where words begin', () => {
    expect(wrap('LifecycleTransitioned', 15)).toEqual(['Lifecycle', 'Transitioned']);
    expect(wrap('Closed [verdict = accepted]', 15)).toEqual(['Closed', '[verdict = accepted]']);
  });
});

type Element = { name: string; attributes: Record<string, string>; text: string };
/** A strict reader of the XML we write: it throws where a parser would. */
const readXml = (source: string): readonly Element[] => {
  const all: Element[] = [];
  const open: Element[] = [];
  const plain = (text: string): string => {
    if (/&(?!(amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`bad entity in ${text}`);
    const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
    return text.replaceAll(/&([^;]+);/g, (_, name) => names[name]!);
  };
  for (const [token] of source.matchAll(/<[^>]*>|[^<]+/g)) {
    const tag = /^<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>$/.exec(token);
    if (!tag) {
      if (token.startsWith('<')) throw new Error(`bad tag ${token}`);
      if (open.length === 0 && token.trim() !== '') throw new Error(`text outside: ${token}`);
      for (const one of open) one.text += plain(token);
      continue;
    }
    const [, closing, name = '', inside = '', empty] = tag;
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`unexpected ${token}`);
      continue;
    }
    if (open.length === 0 && all.length > 0) throw new Error('two roots');
    const pairs = [...inside.matchAll(/ ([^=]+)="([^"]*)"/g)].map((m) => [m[1]!, plain(m[2]!)]);
    const attributes = Object.fromEntries(pairs) as Record<string, string>;
    if (Object.keys(attributes).length !== pairs.length) throw new Error(`twice in ${token}`);
    const element: Element = { name, attributes, text: '' };
    all.push(element);
    if (!empty) open.push(element);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.map(({ name }) => name).join()}`);
  return all;
};
const classed = (all: readonly Element[], name: string): readonly Element[] =>
  all.filter(({ attributes }) => attributes.class?.split(' ').includes(name));

describe('drawSvg', () => {
  it('is XML with every status, and the same every time', () => {
    fc.assert(
      fc.property(someLife, fc.string({ unit: 'binary' }), ({ chart, travelled }, title) => {
        const svg = drawSvg(chart, { title, travelled });
        const found = classed(readXml(svg), 'status').map((one) => one.attributes['data-status']);
        expect(found.sort()).toEqual(Object.keys(chart.states).sort());
        expect(svg).not.toMatch(/NaN|undefined|Infinity|https?:(?!\/\/www\.w3\.org\/2000\/svg")/);
        drawSvg(LIFECYCLE);
        expect(drawSvg(structuredClone(chart), { title, travelled })).toBe(svg);
      }),
      FEW,
    );
  });

  it('is for those who do not see it, too', () => {
    const all = readXml(drawSvg(LIFECYCLE, { title: 'Thing', current: 'active' }));
    expect(all[0]?.attributes.role).toBe('img');
    expect(all[1]).toMatchObject({ name: 'title', text: 'Thing: lifecycle' });
    expect(all[2]?.name).toBe('desc');
    for (const said of ['Begins as absent.', 'to planned by ThingCreated', 'Now active.'])
      expect(all[2]?.text).toContain(said);
  });

  it('marks where it begins, what is deleted and where it is now', () => {
    const all = readXml(drawSvg(LIFECYCLE, { current: 'active' }));
    const status = (name: string) =>
      classed(all, name).flatMap((one) => one.attributes['data-status'] ?? []);
    expect(status('initial')).toEqual(['absent']);
    expect(status('deleted')).toEqual(['deleted']);
    expect(status('current')).toEqual(['active']);
    expect(classed(readXml(drawSvg(LIFECYCLE)), 'current')).toEqual([]);
  });

  it('lights and numbers the way that was travelled', () => {
    const travelled = [
      step('absent', 'ThingCreated', 'planned'),
      step('planned', 'LifecycleTransitioned', 'active'),
      step('active', 'Fact1Recorded', 'active'),
      { ...step('active', 'LifecycleCorrected', 'planned'), number: 9 },
      step('planned', 'LifecycleTransitioned', 'active'),
      step('active', 'ThingDeleted', 'deleted'),
    ];
    const all = readXml(drawSvg(LIFECYCLE, { travelled }));
    const lit = classed(all, 'edge').filter(({ attributes }) => attributes['data-steps']);
    expect(lit.map(({ attributes: a }) => [a['data-from'], a['data-to'], a['data-steps']])).toEqual(
      [
        ['absent', 'planned', '1'],
        ['planned', 'active', '2 5'],
        ['active', 'planned', '9'],
        ['active', 'deleted', '6'],
        [undefined, 'deleted', '6'],
      ],
    );
    expect(classed(all, 'number').map(({ text }) => text)).toEqual(['1', '2 · 5', '9', '6']);
  });

  describe('with counts', () => {
    const counts = {
      statuses: { planned: 12, active: 1204, deprecated: 0, retired: 9, deleted: 3 },
      edges: [
        { ...step('absent', 'ThingCreated', 'planned'), count: 1300 },
        { ...step('planned', 'LifecycleTransitioned', 'active'), count: 1250 },
        { ...step('deprecated', 'LifecycleTransitioned', 'active'), count: 40 },
        { ...step('retired', 'LifecycleCorrected', 'planned'), count: 1 },
        { ...step('planned', 'LifecycleCorrected', 'retired'), count: 0 },
        { ...step('active', 'ThingDeleted', 'deleted'), count: 2 },
        { ...step('retired', 'ThingDeleted', 'deleted'), count: 1 },
      ],
    };
    const all = readXml(drawSvg(LIFECYCLE, { counts, detail: 'moves' }));
    const edge = (from: string | undefined, to: string) =>
      classed(all, 'edge').find(
        ({ attributes: a }) => a['data-from'] === from && a['data-to'] === to,
      )?.attributes.class;

    it('says how many are in each status, and how often each arrow was travelled', () => {
      expect(classed(all, 'count').map(({ text }) => text)).toEqual(['12', '1,204', '0', '9', '3']);
      const tallies = classed(all, 'tally').map(({ text }) => text);
      expect(tallies.sort()).toEqual(['1,250×', '1,300×', '1×', '1×', '2×', '40×']);
      expect(all.find(({ name }) => name === 'desc')?.text).toContain('1,204 are active.');
    });

    it('draws wider what was travelled more, and what leads back as such', () => {
      expect(edge('absent', 'planned')).toBe('edge way-5');
      expect(edge('planned', 'active')).toBe('edge way-5');
      expect(edge('deprecated', 'active')).toBe('edge way-1 back');
      expect(edge('deprecated', 'retired')).toBe('edge way-0');
      expect(edge('retired', 'planned')).toBe('edge way-1 back');
      expect(edge('planned', 'retired')).toBeUndefined();
    });

    it('adds up where lines join', () => {
      const said = classed(all, 'edge').map(({ text }) => text);
      expect(said).toContain(
        'planned, active, deprecated, retired → deleted: ThingDeleted, 3 times',
      );
    });

    it('keeps everything apart', () => {
      const { nodes, edges } = layoutOf(LIFECYCLE, [], { counts });
      const boxes = [...nodes, ...edges.flatMap(({ label }) => label ?? [])].map(({ box }) => box);
      for (const [i, a] of boxes.entries())
        for (const b of boxes.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    });

    it('leaves a picture without them as it was', () => {
      const plain = drawSvg(LIFECYCLE);
      for (const word of ['way-', 'tally', 'class="count"']) expect(plain).not.toContain(word);
    });
  });

  it('makes buttons of the statuses that can be chosen', () => {
    const buttons = (statuses: boolean | readonly string[]) =>
      readXml(drawSvg(LIFECYCLE, { pick: { statuses } }))
        .filter(({ attributes }) => attributes.role === 'button')
        .map(({ attributes }) => attributes['data-status']);
    expect(buttons(true)).toEqual(['absent', ...LIFE, 'deleted']);
    expect(buttons(['active', 'retired'])).toEqual(['active', 'retired']);
    expect(buttons(false)).toEqual([]);
  });

  it('says less when less is asked for', () => {
    const words = (detail: 'all' | 'moves' | 'statuses') =>
      classed(readXml(drawSvg(LIFECYCLE, { detail })), 'event').map(({ text }) => text);
    expect(words('all')).toContain('Fact1Recorded');
    expect(words('all')).toEqual(
      classed(readXml(drawSvg(LIFECYCLE)), 'event').map(({ text }) => text),
    );
    expect(words('moves')).not.toContain('Fact1Recorded');
    expect(words('moves')).toContain('Transitioned');
    expect(words('statuses')).toEqual([]);
  });

  it('is readable in light and dark', () => {
    expect(drawSvg(LIFECYCLE)).toContain('prefers-color-scheme:dark');
    for (const theme of ['light', 'dark'] as const)
      expect(drawSvg(LIFECYCLE, { theme })).not.toContain('prefers-color-scheme');
  });
});

describe('drawDot', () => {
  it('is what Graphviz reads, with every status and arrow', async () => {
    const viz = await instance();
    fc.assert(
      fc.property(someChart, (chart) => {
        type Read = {
          objects: { name: string; _gvid: number }[];
          edges?: { tail: number; head: number; label?: string }[];
        };
        const read = viz.renderJSON(drawDot(chart, { title: 'A "thing" \\ &' })) as Read;
        const names = new Map(read.objects.map(({ name, _gvid }) => [_gvid, name]));
        expect([...names.values()].sort()).toEqual([' begin', ...Object.keys(chart.states)].sort());
        const drawn = (read.edges ?? []).map((e) =>
          [names.get(e.tail), names.get(e.head)].join('>'),
        );
        const wanted = arrows(chart).map(({ from, to }) => `${from}>${to}`);
        expect(new Set(drawn)).toEqual(new Set([` begin>${chart.initial}`, ...wanted]));
      }),
      FEW,
    );
  });
});

describe('drawMermaid', () => {
  const LINE = [
    /^stateDiagram-v2$/,
    /^ {2}direction LR$/,
    /^ {2}accTitle: [^;:"]*(#\d+;[^;:"]*)*$/,
    /^ {2}[A-Za-z]\w*$/,
    /^ {2}state "([^"#;]|#\d+;)*" as status_\d+$/,
    /^ {2}(\[\*\]|[A-Za-z]\w*) --> (\[\*\]|[A-Za-z]\w*)(: ([^:;#"<>]|#\d+;|<br\/>)+)?$/,
    /^ {2}classDef deleted stroke-dasharray: 5 4$/,
    /^ {2}class [A-Za-z]\w* deleted$/,
  ];

  it('keeps to the syntax whatever the names are', () => {
    fc.assert(
      fc.property(someChart, (chart) => {
        const lines = drawMermaid(chart, { title: 'A "thing": #1;' }).trimEnd().split('\n');
        for (const line of lines)
          expect(
            LINE.some((one) => one.test(line)),
            line,
          ).toBe(true);
        const pairs = new Set(arrows(chart).map(({ from, to }) => JSON.stringify([from, to])));
        expect(lines.filter((line) => /--> .*: /.test(line))).toHaveLength(pairs.size);
      }),
    );
  });

  it('reads as one would write it', () => {
    const chart: Chart = {
      initial: 'absent',
      states: {
        absent: { on: { DoorBuilt: 'open' } },
        open: { on: { Painted: {}, Moved: { by: 'to', to: { shut: 'end' } }, Slammed: 'end' } },
        end: { kind: 'deleted' },
      },
    };
    expect(drawMermaid(chart, { title: 'Door' })).toBe(`stateDiagram-v2
  direction LR
  accTitle: Door
  absent
  open
  state "end" as status_2
  [*] --> absent
  absent --> open: DoorBuilt
  open --> open: Painted
  open --> status_2: Moved #91;to = shut#93;<br/>Slammed
  status_2 --> [*]
  classDef deleted stroke-dasharray: 5 4
  class status_2 deleted
`);
  });
});

describe('drawMachine', () => {
  const Door = defineAggregate({
    name: 'Door',
    summary: 'A door.',
    events: { DoorBuilt: z.object({}), DoorPainted: z.object({}), DoorRemoved: z.object({}) },
    commands: {
      BuildDoor: command({ data: z.object({}), emits: ['DoorBuilt'], roles: ['a'] }),
      PaintDoor: command({ data: z.object({}), emits: ['DoorPainted'], roles: ['a'] }),
      RemoveDoor: command({ data: z.object({}), emits: ['DoorRemoved'], roles: ['a'] }),
    },
    data: z.object({}),
    chart: {
      initial: 'absent',
      states: {
        absent: { on: { DoorBuilt: 'there' } },
        there: { on: { DoorPainted: {}, DoorRemoved: 'gone' } },
        gone: { kind: 'deleted' },
      },
    },
    evolve: {},
    decide: { BuildDoor: () => [], PaintDoor: () => [], RemoveDoor: () => [] },
  });

  it.each(FORMATS)('draws a definition as %s', (format) => {
    const drawn = drawMachine(Door, format);
    for (const word of ['Door', 'absent', 'there', 'gone', 'DoorPainted'])
      expect(drawn).toContain(word);
    expect(drawn.endsWith('\n')).toBe(true);
    expect(drawMachine(Door, format)).toBe(drawn);
  });

  it('gives all there is to know as json', () => {
    expect(JSON.parse(drawMachine(Door, 'json'))).toEqual({
      name: 'Door',
      summary: 'A door.',
      initial: 'absent',
      states: [
        { name: 'absent', kind: 'absent', on: ['DoorBuilt'] },
        { name: 'there', kind: 'present', on: ['DoorPainted', 'DoorRemoved'] },
        { name: 'gone', kind: 'deleted', on: [] },
      ],
      arrows: [
        { from: 'absent', event: 'DoorBuilt', to: 'there' },
        { from: 'there', event: 'DoorPainted', to: 'there' },
        { from: 'there', event: 'DoorRemoved', to: 'gone' },
      ],
      commands: { absent: ['BuildDoor'], there: ['PaintDoor', 'RemoveDoor'], gone: [] },
    });
  });
});
