import { join } from 'node:path';
import { BINARY_NAME } from '../check-binary.js';
import { runCommand } from '../run-command.js';
import { NATS_RELEASE, type ServerSource } from './server-source.js';

const MODULE = `github.com/nats-io/nats-server/v2@v${NATS_RELEASE}`;

/** It compiles the server, and may first fetch a newer Go: minutes, not seconds. */
const GO_INSTALL_TIMEOUT_MS = 300_000;

/** Built from source by a Go that is already here; Go's checksum database vouches for the code. */
export function goSource(): ServerSource {
  return {
    name: 'go install',
    doing: `compiling ${MODULE} with Go (a few minutes)`,
    async obtain({ workDir }) {
      const env = { GOBIN: workDir, CGO_ENABLED: '0', GOFLAGS: '' };
      const build = await runCommand('go', ['install', '-trimpath', MODULE], {
        timeoutMs: GO_INSTALL_TIMEOUT_MS,
        cwd: workDir,
        env,
      });
      return build.ok ? { ok: true, path: join(workDir, BINARY_NAME) } : build;
    },
  };
}
