import type { Fields } from '../model.js';

/** A command without its address. */
export type Change = { readonly command_type: string; readonly data: Fields };
