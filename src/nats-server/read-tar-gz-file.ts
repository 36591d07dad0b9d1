import { basename } from 'node:path/posix';
import { gunzipSync } from 'node:zlib';
import { UNPACKED_MAX_BYTES } from './unpacked-max-bytes.js';

const TAR_BLOCK = 512;

/**
 * The content of the first regular file called `name` in a .tar.gz, whatever its folder, or
 * undefined. Throws when the archive is damaged or cut short.
 */
export function readTarGzFile(archive: Buffer, name: string): Buffer | undefined {
  const tar = gunzipSync(archive, { maxOutputLength: UNPACKED_MAX_BYTES });
  let at = 0;
  while (at + TAR_BLOCK <= tar.length) {
    const header = tar.subarray(at, at + TAR_BLOCK);
    const entry = textField(header, 0, 100);
    if (entry === '') return undefined;
    const size = Number.parseInt(textField(header, 124, 12), 8);
    if (!Number.isSafeInteger(size)) throw new Error('the archive is damaged');
    const start = at + TAR_BLOCK;
    if (start + size > tar.length) throw new Error('the archive is cut short');
    const type = textField(header, 156, 1);
    const isFile = type === '' || type === '0';
    if (isFile && basename(entry) === name) return tar.subarray(start, start + size);
    at = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return undefined;
}

function textField(header: Buffer, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end).trim();
}
