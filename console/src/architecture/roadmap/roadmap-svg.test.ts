import { expect, it } from 'vitest';
import type { Line } from './lines-of.js';
import { roadmapSvg } from './roadmap-svg.js';

const palette = {
  paper: '#fff',
  ink: '#111',
  soft: '#444',
  line: '#ddd',
  accent: '#00f',
  bad: '#f00',
  bars: (lifecycle: string) => ({ full: `full-${lifecycle}`, pale: `pale-${lifecycle}` }),
};
const lines: readonly Line[] = [
  { kind: 'group', key: 'g', name: 'R & D <team>', value: 'r' },
  {
    kind: 'application',
    key: 'a',
    statusHistory: {
      id: 'a',
      name: 'Ledger',
      owner: 'r',
      lifecycle: 'deprecated',
      main_capability_id: null,
      main_capability_name: null,
      slips: 1,
      days_slipped: 9,
      ended_on: null,
      overdue: true,
      spans: [
        { lifecycle: 'planned', from: '2018-01-01T00:00:00Z', to: '2019-01-01T00:00:00Z' },
        { lifecycle: 'deprecated', from: '2019-01-01T00:00:00Z', to: null },
      ],
      sunset_date: '2022-01-01',
      sunset_plans: [
        { at: '2019-01-01T00:00:00Z', from: null, to: '2021-01-01' },
        { at: '2020-01-01T00:00:00Z', from: '2021-01-01', to: '2022-01-01' },
      ],
    },
  },
];

it('is a picture that stands alone: names, bars, dates, what is late, today', () => {
  const window = { from: Date.UTC(2017), to: Date.UTC(2025) };
  const svg = roadmapSvg(lines, { window, now: Date.UTC(2024), title: 'Roadmap' }, palette);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('R &amp; D &lt;team&gt;');
  expect(svg).toContain('fill="pale-planned" stroke="full-planned"');
  expect(svg).toContain('fill="full-deprecated"');
  expect(svg.match(/<path/g)).toHaveLength(3); // one explains the others
  expect(svg).toContain('>retired</text>');
  expect(svg).toContain('fill="#f00"');
  expect(svg).toContain('stroke="#00f"');
  expect(svg).not.toMatch(/NaN|undefined/);
});

it('is XML whatever a name holds', () => {
  const name = `"'<script>\u0000\u0008`;
  const odd: readonly Line[] = [{ kind: 'group', key: 'g', name, value: 'r' }];
  const window = { from: Date.UTC(2017), to: Date.UTC(2025) };
  const svg = roadmapSvg(odd, { window, now: Date.UTC(2024), title: name }, palette);
  expect(svg).toContain('&quot;&#39;&lt;script&gt;\uFFFD\uFFFD</text>');
  expect(svg).not.toContain('\u0000');
});
