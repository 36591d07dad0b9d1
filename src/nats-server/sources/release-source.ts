import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINARY_NAME } from '../check-binary.js';
import { readTarGzFile } from '../read-tar-gz-file.js';
import { readZipFile } from '../read-zip-file.js';
import { type FetchLimits, fetchBytes } from './fetch-bytes.js';
import { RELEASE_PINS } from './release-pins.js';
import { NATS_RELEASE, type Obtained, type ServerSource } from './server-source.js';

const OFFICIAL = `https://github.com/nats-io/nats-server/releases/download/v${NATS_RELEASE}`;

const LIMITS: FetchLimits = { responseMs: 5_000, stallMs: 10_000, totalMs: 120_000 };

const OS_NAMES: Readonly<Record<string, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
  freebsd: 'freebsd',
};

const ARCH_NAMES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm7',
  ia32: '386',
  s390x: 's390x',
  ppc64: 'ppc64le',
  riscv64: 'riscv64',
  loong64: 'loong64',
};

/** The archive's name for a platform as Node calls it, or undefined where none is published. */
export function releaseAsset(platform: string, arch: string): string | undefined {
  const os = OS_NAMES[platform];
  const cpu = ARCH_NAMES[arch];
  if (!os || !cpu) return undefined;
  return `nats-server-v${NATS_RELEASE}-${os}-${cpu}.${os === 'windows' ? 'zip' : 'tar.gz'}`;
}

export interface ReleaseOptions {
  /** SHA-256 by asset name, in hexadecimal. */
  pins?: Readonly<Record<string, string>>;
  limits?: FetchLimits;
}

/**
 * The official release archive, or a mirror of it when `STELE_NATS_DOWNLOAD_URL` names one (the
 * folder that holds the archives and `SHA256SUMS`).
 *
 * The archive must have the SHA-256 pinned in the source. For an asset without a pin it must have
 * the one in the `SHA256SUMS` beside it: that catches corruption, truncation and a mirror that has
 * drifted, but not someone who can replace both files. An archive that does not match is dropped
 * before a byte of it is unpacked or written to disk.
 */
export function releaseSource({
  pins = RELEASE_PINS,
  limits = LIMITS,
}: ReleaseOptions = {}): ServerSource {
  return {
    name: 'official release',
    doing: `downloading the official release ${NATS_RELEASE}`,
    async obtain({ env, workDir }) {
      const asset = releaseAsset(process.platform, process.arch);
      if (!asset) return no(`there is none for ${process.platform} ${process.arch}`);
      const base = (env.STELE_NATS_DOWNLOAD_URL || OFFICIAL).replace(/\/+$/, '');
      const expected = await expectedHash(base, asset, pins, limits);
      if (!expected.ok) return expected;
      const archive = await fetchBytes(`${base}/${asset}`, limits);
      if (!archive.ok) return archive;
      const actual = createHash('sha256').update(archive.bytes).digest('hex');
      if (actual !== expected.sha256) {
        return no(
          `${base}/${asset} was refused: SHA-256 is ${actual}, expected ${expected.sha256} (${expected.from})`,
        );
      }
      return unpack(archive.bytes, asset, workDir);
    },
  };
}

type Expected = { ok: true; sha256: string; from: string } | { ok: false; reason: string };

async function expectedHash(
  base: string,
  asset: string,
  pins: Readonly<Record<string, string>>,
  limits: FetchLimits,
): Promise<Expected> {
  const pin = pins[asset];
  if (pin) return { ok: true, sha256: pin.toLowerCase(), from: 'pinned in the source' };
  const sums = await fetchBytes(`${base}/SHA256SUMS`, limits);
  if (!sums.ok) return sums;
  for (const line of sums.bytes.toString('utf8').split('\n')) {
    const match = /^([0-9a-f]{64})\s+\*?(?:.*\/)?(\S+)\s*$/i.exec(line);
    if (match?.[2] === asset) {
      return { ok: true, sha256: match[1]!.toLowerCase(), from: "the release's SHA256SUMS" };
    }
  }
  return { ok: false, reason: `${base}/SHA256SUMS does not list ${asset}` };
}

async function unpack(archive: Buffer, asset: string, workDir: string): Promise<Obtained> {
  const read = asset.endsWith('.zip') ? readZipFile : readTarGzFile;
  try {
    const binary = read(archive, BINARY_NAME);
    if (!binary) return no(`${asset} holds no ${BINARY_NAME}`);
    const path = join(workDir, BINARY_NAME);
    await writeFile(path, binary, { mode: 0o755 });
    return { ok: true, path };
  } catch (error) {
    return no(`${asset} cannot be unpacked: ${(error as Error).message}`);
  }
}

function no(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}
