import { getHeapStatistics } from 'node:v8';
import { LIMITS } from '../write/runtime/limits.js';

/**
 * Bytes of the heap for each actor in memory. One of which nothing is known yet takes 5 kB, measured;
 * the others leave room for their data and for everything else.
 */
const HEAP_BYTES_PER_RESIDENT = 20 * 1024;

/** How many actors a node keeps in memory, so that they fit beside what else it does. */
export const residentsMax = (heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(LIMITS.residentsMax, Math.floor(heapBytes / HEAP_BYTES_PER_RESIDENT));
