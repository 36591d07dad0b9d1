import { spawnSync } from 'node:child_process';

/** Longest that the registry may take, milliseconds. */
const WITHIN_MS = 60_000;
const WRONG = ['high', 'critical'];

/** `npm audit` as JSON: figures, or why there are none. */
const audit = () => {
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    timeout: WITHIN_MS,
  });
  if (error) return { why: error.message };
  try {
    const { metadata, message, error: said } = JSON.parse(stdout);
    const counts = metadata?.vulnerabilities;
    return counts ? { counts } : { why: message ?? said?.summary ?? 'no figures came back' };
  } catch {
    return { why: 'the answer is no JSON' };
  }
};

const { counts, why } = audit();
if (counts) {
  const found = WRONG.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
  process.stdout.write(`audited: ${JSON.stringify(counts)}\n`);
  if (found > 0) {
    process.stderr.write(`${found} of them ${WRONG.join(' or ')}: see npm audit --omit=dev\n`);
    process.exitCode = 1;
  }
} else {
  // A registry that answers no audits is no reason to fail, and none to be silent.
  process.stderr.write(`::warning title=NOT AUDITED::the registry gave no audit (${why})\n`);
  process.stderr.write('NOT AUDITED: whether dependencies have known faults is not known.\n');
}
