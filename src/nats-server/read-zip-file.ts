import { basename } from 'node:path/posix';
import { inflateRawSync } from 'node:zlib';
import { UNPACKED_MAX_BYTES } from './unpacked-max-bytes.js';

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
