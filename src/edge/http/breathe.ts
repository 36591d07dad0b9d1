/** Others get their turn: an embedded read store answers within this thread. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
