import { existsSync, writeFileSync } from 'node:fs';
import { FINGERPRINTS, fingerprints, keptFingerprints, unversioned } from './fingerprints.js';

const now = fingerprints();
const forgotten = existsSync(FINGERPRINTS) ? unversioned(keptFingerprints(), now) : [];
if (forgotten.length > 0) {
  process.stderr.write(
    `other documents than before: raise "version" of ${forgotten.join('; ')}; nothing was written\n`,
  );
  process.exit(1);
}
writeFileSync(FINGERPRINTS, `${JSON.stringify(now, null, 2)}\n`);
