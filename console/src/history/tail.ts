/** Events that came in while one looked: shown on top, or held back while it is paused. */
export type Tail<Row> = {
  readonly shown: readonly Row[];
  readonly held: readonly Row[];
  readonly paused: boolean;
  /** What came in too fast, or was let go of: the list has them when it is loaded anew. */
  readonly missed: number;
};
/** A tail that is left open overnight holds no more than this. */
export const TAIL_MAX = 500;

export const emptyTail = <Row>(paused = false): Tail<Row> => ({
  shown: [],
  held: [],
  paused,
  missed: 0,
});

const newest = <Row>(rows: readonly Row[]): readonly Row[] => rows.slice(0, TAIL_MAX);

/** With what came in, the newest first. */
export const withArrived = <Row>(tail: Tail<Row>, rows: readonly Row[]): Tail<Row> => {
  if (rows.length === 0) return tail;
  const where = tail.paused ? 'held' : 'shown';
  const all = [...rows, ...tail[where]];
  return {
    ...tail,
    [where]: newest(all),
    missed: tail.missed + Math.max(0, all.length - TAIL_MAX),
  };
};

export const paused = <Row>(tail: Tail<Row>): Tail<Row> => ({ ...tail, paused: true });

export const resumed = <Row>({ shown, held, missed }: Tail<Row>): Tail<Row> => ({
  shown: newest([...held, ...shown]),
  held: [],
  paused: false,
  missed: missed + Math.max(0, held.length + shown.length - TAIL_MAX),
});
