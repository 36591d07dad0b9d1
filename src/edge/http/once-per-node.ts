import type { Http } from './http.js';

/** What is made of a node when somebody first asks, and kept: definitions do not change. */
export const oncePerNode = <T>(make: (http: Http) => T): ((http: Http) => T) => {
  const made = new WeakMap<Http, { readonly value: T }>();
  return (http) => {
    const known = made.get(http) ?? { value: make(http) };
    made.set(http, known);
    return known.value;
  };
};
