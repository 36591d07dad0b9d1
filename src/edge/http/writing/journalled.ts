import type { Refusal } from '../../../core/refusal.js';
import type { Ctx, Http } from '../http.js';
import { isDryRun } from '../is-dry-run.js';
import { requestContext } from '../request-context.js';
import type { Reading } from './meant.js';

/** Keep a refusal that the runtime never saw, and hand it back. */
export const journalled = (
  c: Ctx,
  { runtime, addressOf }: Http,
  {
    refusal,
    reading,
    id,
  }: {
    readonly refusal: Refusal;
    readonly reading: Reading;
    readonly id?: string | undefined;
  },
): Refusal => {
  const { name } = reading.settable.definition;
  const { who } = requestContext(c);
  const about = {
    aggregate_type: name,
    aggregate_id: id,
    actor: c.req.header('x-actor'),
    metadata: { ip_address: addressOf(c) },
    dry_run: isDryRun(c),
  };
  return runtime.refused(refusal, 'http', about, who);
};
