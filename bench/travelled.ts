/** Applications that are travelled to: how many events each has. */
export const TRAVELLED = { hundred: 100, 'ten-thousand': 10_000 } as const;
export type Travelled = keyof typeof TRAVELLED;
