import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';
import { type AptSourceFile, findDebianMirror } from './debian-mirror.js';
import type { Obtained, ServerSource } from './server-source.js';

/** The suite whose nats-server is new enough; older suites stay below the version floor. */
const SUITE = 'sid';
const ETC_APT = '/etc/apt';
const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];
const CONNECT_TIMEOUT_S = 5;
const UPDATE_TIMEOUT_MS = 60_000;
const DOWNLOAD_TIMEOUT_MS = 30_000;
const EXTRACT_TIMEOUT_MS = 20_000;

/** Where the package has had its binary, newest first. */
const BINARY_PATHS = ['usr/sbin/nats-server', 'usr/bin/nats-server'];

/**
 * Debian's own package from unstable, on Debian and its kin: the machine's mirror with the suite
 * swapped, in apt state of our own (the machine's sources, lists and packages are not touched),
 * signatures checked with the machine's Debian keyring, unpacked with `dpkg -x`, never installed.
 */
export function debianSource(etcApt = ETC_APT): ServerSource {
  return {
    name: 'Debian package',
    doing: "downloading Debian's package from unstable (unpacked, not installed)",
    async obtain({ workDir }) {
      if (process.platform !== 'linux') return { ok: false, reason: 'this is not Debian' };
      const mirror = findDebianMirror(await readSources(etcApt));
      if (!mirror) return { ok: false, reason: 'no mirror of Debian is configured for apt' };
      const keyring = await firstFile([mirror.keyring, ...KEYRINGS]);
      if (!keyring) return { ok: false, reason: 'the Debian archive keyring is not installed' };
      const apt = await privateApt(
        workDir,
        `deb [signed-by=${keyring}] ${mirror.uri} ${SUITE} main\n`,
      );
      const update = await apt(['update'], UPDATE_TIMEOUT_MS);
      if (!update.ok) return update;
      const download = await apt(['download', 'nats-server'], DOWNLOAD_TIMEOUT_MS);
      if (!download.ok) return download;
      return extract(workDir);
    },
  };
}

async function readSources(etcApt: string): Promise<AptSourceFile[]> {
  const parts = join(etcApt, 'sources.list.d');
  const names = (await readdir(parts).catch(() => []))
    .filter((name) => name.endsWith('.sources') || name.endsWith('.list'))
    .sort();
  const paths = [join(etcApt, 'sources.list'), ...names.map((name) => join(parts, name))];
  return Promise.all(
    paths.map(async (name) => ({ name, text: await readFile(name, 'utf8').catch(() => '') })),
  );
}

async function firstFile(paths: readonly (string | undefined)[]): Promise<string | undefined> {
  for (const path of paths) {
    if (path && (await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}

/** apt-get that sees one source only and keeps all it writes below `workDir`. */
async function privateApt(workDir: string, source: string) {
  const list = join(workDir, 'sources.list');
  await writeFile(list, source);
  await mkdir(join(workDir, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(workDir, 'cache', 'archives', 'partial'), { recursive: true });
  const settings = [
    `Dir::State=${join(workDir, 'state')}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${join(workDir, 'cache')}`,
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=-',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false',
    'Acquire::Retries=0',
    `Acquire::http::Timeout=${CONNECT_TIMEOUT_S}`,
    `Acquire::https::Timeout=${CONNECT_TIMEOUT_S}`,
    'APT::Update::Error-Mode=any',
    // The work directory is this user's alone, so apt's own user could not write to it.
    'APT::Sandbox::User=',
  ];
  const options = settings.flatMap((setting) => ['-o', setting]);
  const env = { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  return (args: readonly string[], timeoutMs: number) =>
    runCommand('apt-get', ['-q', ...options, ...args], { timeoutMs, cwd: workDir, env });
}

async function extract(workDir: string): Promise<Obtained> {
  const deb = (await readdir(workDir)).find((name) => name.endsWith('.deb'));
  if (!deb) return { ok: false, reason: 'apt-get left no package' };
  const root = join(workDir, 'root');
  const unpacked = await runCommand('dpkg', ['-x', join(workDir, deb), root], {
    timeoutMs: EXTRACT_TIMEOUT_MS,
  });
  if (!unpacked.ok) return unpacked;
  const path = await firstFile(BINARY_PATHS.map((inside) => join(root, inside)));
  return path ? { ok: true, path } : { ok: false, reason: `${deb} holds no nats-server` };
}
