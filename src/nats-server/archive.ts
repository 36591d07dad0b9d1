import { basename } from 'node:path/posix';
import { gunzipSync, inflateRawSync } from 'node:zlib';

/** No nats-server binary is near this size; more is not unpacked. */
const UNPACKED_MAX_BYTES = 256 * 1024 * 1024;

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

const ZIP_END = 0x06054b50;
const ZIP_ENTRY = 0x02014b50;
const ZIP_END_SIZE = 22;
const ZIP_ENTRY_SIZE = 46;
const ZIP_COMMENT_MAX = 0xffff;
const ZIP_DEFLATED = 8;

/**
 * The content of the first file called `name` in a .zip (or a Python wheel), whatever its folder,
 * or undefined. Throws when the archive is damaged or cut short.
 */
export function readZipFile(archive: Buffer, name: string): Buffer | undefined {
  const end = findZipEnd(archive);
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== ZIP_ENTRY) throw new Error('the archive is damaged');
    const nameLength = archive.readUInt16LE(at + 28);
    const entry = archive.toString('utf8', at + ZIP_ENTRY_SIZE, at + ZIP_ENTRY_SIZE + nameLength);
    if (basename(entry) === name) return unzipEntry(archive, at);
    const extras = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    at += ZIP_ENTRY_SIZE + nameLength + extras;
  }
  return undefined;
}

function findZipEnd(archive: Buffer): number {
  const first = Math.max(0, archive.length - ZIP_END_SIZE - ZIP_COMMENT_MAX);
  for (let at = archive.length - ZIP_END_SIZE; at >= first; at--) {
    if (archive.readUInt32LE(at) === ZIP_END) return at;
  }
  throw new Error('the archive is cut short');
}

function unzipEntry(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const content = archive.subarray(start, start + size);
  return method === ZIP_DEFLATED
    ? inflateRawSync(content, { maxOutputLength: UNPACKED_MAX_BYTES })
    : content;
}
