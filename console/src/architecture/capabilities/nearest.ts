type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

const DIRECTIONS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};
/** How much worse it is to leave the direction of the arrow than to go further along it. */
const ASIDE = 2.5;

/**
 * Which box an arrow key leads to, by where their upper left corners are: the nearest one that lies
 * that way. Home and End lead to the first and the last; undefined: the key means nothing here.
 */
export const nearest = (boxes: readonly Box[], at: number, key: string): number | undefined => {
  if (key === 'Home') return 0;
  if (key === 'End') return boxes.length - 1;
  const direction = DIRECTIONS[key];
  const from = boxes[at];
  if (!direction || !from) return undefined;
  const [dx, dy] = direction;
  let best: { readonly index: number; readonly cost: number } | undefined;
  for (const [index, box] of boxes.entries()) {
    const x = box.x - from.x;
    const y = box.y - from.y;
    const along = x * dx + y * dy;
    if (index === at || along <= 1) continue;
    const cost = along + ASIDE * Math.abs(x * dy + y * dx);
    if (!best || cost < best.cost) best = { index, cost };
  }
  return best?.index ?? at;
};
