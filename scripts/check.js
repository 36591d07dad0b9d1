// Runs every script of package.json called `check:…`, all at the same time: most of them keep one
// core busy. What one says is shown when it has ended, so that nothing is mixed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const checks = Object.entries(scripts).filter(([name]) => name.startsWith('check:'));

// `npm run check` has put the commands of the packages on the PATH.
const passes = async ([name, command]) => {
  const child = spawn(`${command} 2>&1`, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [said, exit] = await Promise.all([text(child.stdout), ended]);
  process.stdout.write(`${exit === 0 ? '✓' : '✗'} ${name}: ${command}\n${said}`);
  return exit === 0;
};

const passed = await Promise.all(checks.map(passes));
process.exitCode = passed.includes(false) ? 1 : 0;
