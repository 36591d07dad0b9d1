/** Pixels of one line of the roadmap: its height, bars, thin bars, and half a mark. */
export const LINE = { height: 34, bar: 14, thin: 4, mark: 6 } as const;
export const GROUP_PX = 38;
export const AXIS_PX = 34;
/** Room for names beside the bars; less where the screen is narrow. */
export const NAMES_PX = { wide: 232, narrow: 116 } as const;
export const NARROW_PX = 640;
