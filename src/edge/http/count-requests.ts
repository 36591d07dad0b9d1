import type { HttpMeter } from '../../operate/metrics/index.js';
import { problemOf } from '../wire/problem.js';
import type { Ctx } from './http.js';
import { type Handle, type Shell, templateOf } from './route.js';

/** What the requests that no route takes are counted as. */
const UNMATCHED = 'unmatched';

const counted =
  (meter: HttpMeter, route: string, next: Handle): Handle =>
  async (c: Ctx) => {
    const begun = performance.now();
    const count = (status: number): void =>
      meter.answered({
        method: c.req.method,
        route,
        status,
        seconds: (performance.now() - begun) / 1_000,
      });
    try {
      const response = await next(c);
      count(response.status);
      return response;
    } catch (error) {
      count(problemOf(error, '').status);
      throw error;
    }
  };

/** Count requests by the template of their route. */
export const countRequests =
  (meter: HttpMeter): Shell =>
  ({ path }, next) =>
    counted(meter, templateOf(path), next);

/** Count requests that no route takes. */
export const countUnmatched = (meter: HttpMeter, next: Handle): Handle =>
  counted(meter, UNMATCHED, next);
