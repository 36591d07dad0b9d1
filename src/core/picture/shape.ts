export type Point = { readonly x: number; readonly y: number };
export type Size = { readonly width: number; readonly height: number };
/** A rectangle by its upper left corner. */
export type Box = Point & Size;

/** To a tenth of a pixel, so that the same picture has the same bytes. */
export const round = (value: number): number => Math.round(value * 10) / 10 + 0;

/** The box of a size around a point. */
export const boxAt = ({ x, y }: Point, { width, height }: Size): Box => ({
  x: x - width / 2,
  y: y - height / 2,
  width,
  height,
});

export const centre = ({ x, y, width, height }: Box): Point => ({
  x: x + width / 2,
  y: y + height / 2,
});

export const movedPoint = ({ x, y }: Point, by: Point): Point => ({
  x: round(x + by.x),
  y: round(y + by.y),
});
export const movedBox = (box: Box, by: Point): Box => ({ ...box, ...movedPoint(box, by) });

/** Closer than rounding can tell is not overlapping. */
const SLACK = 0.2;
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width - SLACK &&
  b.x < a.x + a.width - SLACK &&
  a.y < b.y + b.height - SLACK &&
  b.y < a.y + a.height - SLACK;

export const anyOverlap = (boxes: readonly Box[]): boolean =>
  boxes.some((a, i) => boxes.slice(i + 1).some((b) => overlap(a, b)));
