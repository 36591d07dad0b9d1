import { isRefusal } from '../../core/refusal.js';
import { problem } from './answer.js';
import { authorize } from './authorize.js';
import { countRequests } from './count-requests.js';
import { boundGuesses } from './hardening/bound-guesses.js';
import { limitRates } from './hardening/limit-rates.js';
import type { Http } from './http.js';
import { readQuery } from './query-parameter.js';
import type { Handle, Route, Shell } from './route.js';

/** The handler, given what the query asks for where its route says what that may be. */
const asking = (route: Route, http: Http): Handle => {
  const { query } = route;
  if (!query) return (c) => route.handler(c, http, {});
  return (c) => {
    const read = readQuery(c, query);
    return isRefusal(read) ? problem(c, read) : route.handler(c, http, read.asked);
  };
};

/**
 * What a request meets before its handler, the first first. Plain functions around a handler, put
 * together once for each route: a shell that has nothing to do there is not there at all, and no
 * request goes through a middleware.
 */
export const requestChain = (http: Http): ((route: Route) => Handle) => {
  const shells: readonly Shell[] = [
    // Every request is counted, however it ends.
    countRequests(http.meter),
    // What is too much is refused before a credential is looked at.
    boundGuesses(http),
    // From here on it is known who asks.
    authorize(http),
    // Each caller has a budget of their own.
    limitRates(http),
  ];
  return (route) => shells.reduceRight((inner, shell) => shell(route, inner), asking(route, http));
};
