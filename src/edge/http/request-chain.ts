import { authorize } from './authorize.js';
import { countRequests } from './count-requests.js';
import type { Denials } from './denials.js';
import { boundGuesses } from './hardening/bound-guesses.js';
import { limitRates } from './hardening/limit-rates.js';
import type { Http } from './http.js';
import type { Handle, Route, Shell } from './route.js';

/**
 * What a request meets before its handler, the first first. Plain functions around a handler, put
 * together once for each route: a shell that has nothing to do there is not there at all, and no
 * request goes through a middleware.
 */
export const requestChain = (http: Http, denials: Denials): ((route: Route) => Handle) => {
  const shells: readonly Shell[] = [
    // Every request is counted, however it ends.
    countRequests(http.meter),
    // What is too much is refused before a credential is looked at.
    boundGuesses(http),
    // From here on it is known who asks.
    authorize(http, denials),
    // Each caller has a budget of their own.
    limitRates(http),
  ];
  return (route) => shells.reduceRight((inner, shell) => shell(route, inner), route.handler);
};
