import { useRef } from 'react';
import type { Query } from '../api/address.js';
import { type List, useList } from '../api/use-list.js';

/** A list that was scrolled further is not loaded again from its beginning for each event. */
const FAR_ROWS = 500;

/** A list that follows what happens, for as long as that costs little. */
export const useFreshList = <T>(path: string, query: Query): List<T> => {
  const far = useRef(false);
  const list = useList<T>(path, query, far.current ? { follows: [] } : {});
  far.current = list.items.length > FAR_ROWS;
  return list;
};
