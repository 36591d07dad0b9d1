import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { SourceFile } from '../../operate/importing/imports.js';
import { FILES_MAX } from '../../operate/importing/limits.js';
import { formParts } from './form-parts.js';
import type { Ctx } from './http.js';
import { bytesOf } from './read-json.js';

const MULTIPART = /^multipart\/form-data\s*;/i;
/** The part of a form that says how the others are read. */
const MAPPING = 'mapping';
const NAME_MAX = 255;
/** Characters of a path within a folder. */
const PATH_MAX = 1_024;
/** What is taken of a body that is too large: as much as the command line sends at most. */
const FORGOTTEN_MAX_BYTES = 64 * 1024 * 1024;
/** All files, and a mapping. */
const PARTS_MAX = FILES_MAX + 1;

type Files = { readonly files: readonly SourceFile[]; readonly mapping?: SourceFile };

const unreadable = (message: string): Refusal =>
  refuse('IMPORT_UNREADABLE', message, { errors: [{ field: '(body)', message, rule: 'FORMAT' }] });

const formOf = (body: Buffer, type: string): Files | Refusal => {
  const form = formParts(body, type, PARTS_MAX);
  if (!form) return unreadable('the body is not multipart/form-data as its content-type says');
  if (form.more) return unreadable(`more than ${FILES_MAX} files`);
  const files: SourceFile[] = [];
  let mapping: SourceFile | undefined;
  for (const { name, file: path, bytes } of form.parts) {
    if (path === null)
      return unreadable(`part "${name.slice(0, NAME_MAX)}" is no file: send it with a file name`);
    if (path.length > PATH_MAX)
      return unreadable(`the name of a file is longer than ${PATH_MAX} characters`);
    if (name === MAPPING) mapping = { path, bytes };
    else files.push({ path, bytes });
  }
  if (files.length > FILES_MAX) return unreadable(`more than ${FILES_MAX} files`);
  return { files, ...(mapping && { mapping }) };
};

/**
 * Take what is too much, boundedly, and forget it: who still sends when the answer comes would see
 * a broken connection in its place.
 */
const takeAndForget = async (body: ReadableStream<Uint8Array> | null): Promise<void> => {
  if (!body || body.locked) return;
  const reader = body.getReader();
  try {
    for (let size = 0; size <= FORGOTTEN_MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
    }
  } catch {
    return;
  } finally {
    await reader.cancel().catch(() => {});
  }
};

/** The files of a request: one as the body, or many as a form. */
export const filesOf = async (c: Ctx, max: number): Promise<Files | Refusal> => {
  let bytes: Buffer | Refusal | undefined;
  try {
    bytes = await bytesOf(c, max);
  } catch {
    return unreadable('the request ended before its body was complete');
  }
  if (!bytes) {
    await takeAndForget(c.req.raw.body);
    return refuse(
      'PAYLOAD_TOO_LARGE',
      `the files are larger than the ${max} bytes that are accepted`,
      { details: { max_bytes: max } },
    );
  }
  if (isRefusal(bytes)) return bytes;
  const type = c.req.header('content-type') ?? '';
  if (MULTIPART.test(type)) {
    const form = formOf(bytes, type);
    return isRefusal(form) || form.files.length > 0 ? form : unreadable('the form holds no file');
  }
  if (bytes.length === 0)
    return unreadable('the body is empty: send the model, or a form with its files');
  return { files: [{ path: (c.req.query('file') ?? 'model').slice(0, NAME_MAX), bytes }] };
};
