import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTarGzFile } from './read-tar-gz-file.js';
import { readZipFile } from './read-zip-file.js';

const content = Buffer.from('the program '.repeat(200));

function tarEntry(name: string, body: Buffer, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header, body, padding]);
}

const tar = Buffer.concat([
  tarEntry('nats-server-v2/', Buffer.alloc(0), '5'),
  tarEntry('nats-server-v2/README.md', Buffer.from('read me')),
  tarEntry('nats-server-v2/nats-server', content),
  Buffer.alloc(1024),
]);

function zip(name: string, body: Buffer, method: 0 | 8): Buffer {
  const packed = method === 8 ? deflateRawSync(body) : body;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('a .tar.gz', () => {
  it('gives up one file, wherever it is in it', () => {
    expect(readTarGzFile(gzipSync(tar), 'nats-server')).toEqual(content);
    expect(readTarGzFile(gzipSync(tar), 'nats-server-v2')).toBeUndefined();
    expect(readTarGzFile(gzipSync(tar), 'other')).toBeUndefined();
  });

  it('is refused when it is cut short or is something else', () => {
    const whole = gzipSync(tar);
    expect(() => readTarGzFile(whole.subarray(0, whole.length / 2), 'nats-server')).toThrow();
    expect(() => readTarGzFile(gzipSync(tar.subarray(0, 2048)), 'nats-server')).toThrow(/short/);
    expect(() => readTarGzFile(Buffer.from('<html>'), 'nats-server')).toThrow();
    expect(() => readTarGzFile(gzipSync(Buffer.alloc(2048, 'x')), 'nats-server')).toThrow(
      /damaged/,
    );
  });
});

describe('a .zip', () => {
  it.each([0, 8] as const)('gives up one file, packed by method %i', (method) => {
    const archive = zip('scripts/nats-server', content, method);
    expect(readZipFile(archive, 'nats-server')).toEqual(content);
    expect(readZipFile(archive, 'other')).toBeUndefined();
  });

  it('is refused when it is cut short or is something else', () => {
    const archive = zip('nats-server', content, 8);
    expect(() => readZipFile(archive.subarray(0, archive.length - 30), 'nats-server')).toThrow();
    expect(() => readZipFile(Buffer.from('<html>'), 'nats-server')).toThrow(/short/);
  });
});
