import { grants } from '../../../core/access.js';
import type { Projection } from '../../../core/projection.js';
import type { Ctx, Http } from '../http.js';
import { isDryRun } from '../is-dry-run.js';
import { hasReadSide } from '../reflected.js';
import { requestContext } from '../request-context.js';
import { documentAnswer } from '../resource-routes.js';
import { isSameSince } from './expecting-part.js';
import type { Settable } from './settable.js';

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

type Done = {
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  readonly part_id?: string;
};

/** Whether a document has what was written, or was so already. */
const isCurrent = async (
  c: Ctx,
  http: Http,
  {
    settable,
    done: { aggregate_id, aggregate_version, part_id },
    version,
  }: {
    readonly settable: Settable;
    readonly done: Done;
    readonly version: number | undefined;
  },
): Promise<boolean> => {
  if (version === undefined || part_id === undefined) return version === aggregate_version;
  const there = await http.runtime.state(settable.definition, aggregate_id);
  const place = { id: part_id, aggregate_id };
  return isSameSince(c, http, { settable, place, there, version });
};

/**
 * What was written as the resource that it is now, for whoever prefers that and may read. It is
 * only a wish: where documents do not have it yet, the answer says what was done, as otherwise.
 */
export const represented = async (
  c: Ctx,
  http: Http,
  {
    settable,
    projection,
    written,
  }: {
    readonly settable: Settable;
    readonly projection: Projection | undefined;
    readonly written: Response;
  },
): Promise<Response> => {
  if (!written.ok || !prefersResource(c) || isDryRun(c)) return written;
  if (!projection || !hasReadSide(http) || !mayRead(c, http)) return written;
  const done = (await written.clone().json()) as Done;
  const key = done.part_id ?? done.aggregate_id;
  const what = `${settable.one} with this id`;
  const shown = await documentAnswer(c, http, { projection, key, what });
  if (shown.status !== 200) return written;
  const document = await shown.text();
  const { version } = JSON.parse(document) as { version?: number };
  if (!(await isCurrent(c, http, { settable, done, version }))) return written;
  const headers = new Headers(written.headers);
  for (const [name, value] of shown.headers) headers.set(name, value);
  headers.set('preference-applied', REPRESENTATION);
  headers.append('vary', 'Prefer');
  return new Response(document, { status: written.status, headers });
};
