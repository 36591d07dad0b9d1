import type { Ctx } from './http.js';
import { requestContext } from './request-context.js';

/** Whether an envelope says so; what is data alone has no such word. */
export const saysDryRun = (json: unknown): boolean => {
  const { dry_run, data } = (json ?? {}) as { readonly dry_run?: unknown; readonly data?: unknown };
  return dry_run === true && typeof data === 'object';
};

/** Whether a request only asks what would happen: then nothing was refused to anybody. */
export const isDryRun = (c: Ctx): boolean =>
  c.req.query('dry_run') === 'true' || requestContext(c).dryRun === true;
