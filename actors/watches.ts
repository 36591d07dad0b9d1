import { landscapeWatch } from './landscape-watch/landscape-watch.js';

/** Every rule over several aggregates that is looked after. */
export const watches = [landscapeWatch];
