import { type Point, round } from './shape.js';

const HEAD = { length: 9, half: 4 };

const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`;
const mix = (a: Point, b: Point, part: number): Point => ({
  x: a.x + (b.x - a.x) * part,
  y: a.y + (b.y - a.y) * part,
});

/** The rest of a B-spline that starts at the first point: it never leaves the hull of its points. */
const spline = (points: readonly Point[]): string =>
  points
    .slice(1)
    .map((point, i) => {
      const before = points[i]!;
      const after = points[i + 2];
      if (!after && i === 0) return `L${at(point)}`;
      const start = i === 0 ? `L${at(mix(before, point, 1 / 6))}` : '';
      const end = mix(mix(before, after ?? point, 1 / 2), point, 2 / 3);
      const bend = [mix(before, point, 1 / 3), mix(before, point, 2 / 3), end].map(at).join(' ');
      return `${start}C${bend}${after ? '' : `L${at(point)}`}`;
    })
    .join('');

/** A smooth line through a point on the way, if there is one: where the label sits. */
export const curve = (points: readonly Point[], through?: Point): string => {
  const far = ({ x, y }: Point) => (through ? Math.hypot(x - through.x, y - through.y) : 0);
  const nearest = points.reduce((best, one, i) => (far(one) < far(points[best]!) ? i : best), 0);
  const halves = [points.slice(0, nearest + 1), points.slice(nearest)];
  return `M${at(points[0]!)}${halves.map(spline).join('')}`;
};

/** A line cut short by its arrow head, and the head. */
export const withHead = (points: readonly Point[], scale = 1) => {
  const end = points.at(-1)!;
  const before = points.findLast(({ x, y }) => Math.hypot(end.x - x, end.y - y) > 0.5) ?? end;
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const along = { x: (end.x - before.x) / length, y: (end.y - before.y) / length };
  const [far, wide] = [HEAD.length * scale, HEAD.half * scale];
  const neck = { x: end.x - along.x * far, y: end.y - along.y * far };
  const side = { x: -along.y * wide, y: along.x * wide };
  const left = { x: neck.x + side.x, y: neck.y + side.y };
  const right = { x: neck.x - side.x, y: neck.y - side.y };
  const shaft = length > far ? neck : before;
  return {
    line: [...points.slice(0, -1), shaft],
    head: `M${at(end)}L${at(left)}L${at(right)}Z`,
  };
};
