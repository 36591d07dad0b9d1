import { grants } from '../../../core/access.js';
import type { Projection } from '../../../core/projection.js';
import type { Ctx, Http } from '../http.js';
import { isDryRun } from '../is-dry-run.js';
import type { Plural } from '../plurals.js';
import { hasReadSide } from '../reflected.js';
import { requestContext } from '../request-context.js';
import { resourceAnswer } from '../resource-routes.js';

const REPRESENTATION = 'return=representation';
/** A header that is longer says nothing. Characters. */
const PREFERENCES_MAX = 1_000;

/** Whether a request would rather see the resource than what it became (RFC 7240). */
const prefersResource = (c: Ctx): boolean => {
  const said = c.req.header('prefer') ?? '';
  if (said.length > PREFERENCES_MAX) return false;
  const wanted = said.split(/[,;]/).map((one) => one.replaceAll(/[\s"]/g, '').toLowerCase());
  return wanted.includes(REPRESENTATION);
};

const mayRead = (c: Ctx, { access }: Http): boolean => {
  const { who } = requestContext(c);
  return !access || (who !== undefined && who !== null && grants(access.roles, who, 'read'));
};

type Done = { readonly aggregate_id: string; readonly aggregate_version: number };

/**
 * What was written as the resource that it is now, for whoever prefers that and may read. It is
 * only a wish: where documents do not have it yet, the answer says what was done, as otherwise.
 */
export const represented = async (
  c: Ctx,
  http: Http,
  {
    plural,
    projection,
    written,
  }: {
    readonly plural: Plural;
    readonly projection: Projection | undefined;
    readonly written: Response;
  },
): Promise<Response> => {
  if (!written.ok || !prefersResource(c) || isDryRun(c)) return written;
  if (!projection || !hasReadSide(http) || !mayRead(c, http)) return written;
  const { aggregate_id, aggregate_version } = (await written.clone().json()) as Done;
  const shown = await resourceAnswer(c, http, { plural, projection, id: aggregate_id });
  if (shown.status !== 200) return written;
  const document = await shown.text();
  if ((JSON.parse(document) as { version?: number }).version !== aggregate_version) return written;
  const headers = new Headers(written.headers);
  for (const [name, value] of shown.headers) headers.set(name, value);
  headers.set('preference-applied', REPRESENTATION);
  headers.append('vary', 'Prefer');
  return new Response(document, { status: written.status, headers });
};
