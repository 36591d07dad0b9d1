// Writes what `npm run test:mutation` found into the documentation: the figures, and each change
// that no test noticed. Why one may go unnoticed is written there by hand and kept; a change without
// a reason is named, and the exit code is 1.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { AREA_NAMES, reportFile } from './mutation-areas.js';

const DOCUMENT = 'docs/reference/mutation-testing.md';
const KILLED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];

const count = (mutants, statuses) =>
  mutants.filter(({ status }) => statuses.includes(status)).length;

const row = (...cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

const figures = (name, mutants) => {
  const killed = count(mutants, KILLED);
  const all = killed + count(mutants, UNNOTICED);
  const score = all === 0 ? '' : `${((100 * killed) / all).toFixed(1)} %`;
  const unnoticed = [count(mutants, ['Survived']), count(mutants, ['NoCoverage'])];
  return row(name, all, killed, ...unnoticed, score);
};

/** Code as it may stand in a cell. */
const code = (text) => `\`\` ${text.trim().replaceAll('|', '\\|')} \`\``;

/** The line of a change, before and after. */
const changeOf = (source, { location: { start, end }, replacement }) => {
  const lines = source.split('\n');
  const before = lines[start.line - 1];
  const within = start.line === end.line;
  const rest = within ? before.slice(end.column - 1) : '';
  const after = before.slice(0, start.column - 1) + replacement.split('\n')[0] + rest;
  return [code(within ? before : `${before} …`), code(after)];
};

const unnoticedIn = (file, { source, mutants }) =>
  mutants
    .filter(({ status }) => UNNOTICED.includes(status))
    .map((mutant) => row(`\`${file.split('/').at(-1)}\``, ...changeOf(source, mutant)));

let document = readFileSync(DOCUMENT, 'utf8');
const unexplained = [];

for (const name of AREA_NAMES) {
  const path = reportFile(name);
  if (!existsSync(path)) continue;
  const files = Object.entries(JSON.parse(readFileSync(path, 'utf8')).files);
  const begin = `<!-- mutation: ${name} -->\n`;
  if (!document.includes(begin)) document += `\n## ${name}\n\n${begin}<!-- end -->\n`;
  const section = new RegExp(`(${begin})[\\s\\S]*?(<!-- end -->)`);
  const written = section.exec(document)?.[0] ?? '';

  const summary = table(
    ['File', 'Changes', 'Noticed', 'Unnoticed', 'Never run', 'Score'],
    [
      ...files.map(([file, { mutants }]) => figures(`\`${file}\``, mutants)),
      figures(
        'all',
        files.flatMap(([, { mutants }]) => mutants),
      ),
    ],
  );
  const explained = files
    .flatMap(([file, result]) => unnoticedIn(file, result))
    .map((change) => {
      const reason = written
        .split('\n')
        .find((line) => line.startsWith(change))
        ?.slice(change.length)
        .match(/^ (.+) \|$/)?.[1];
      if (!reason) unexplained.push(change);
      return `${change} ${reason ?? ''} |`;
    });
  const survivors = table(['File', 'Line', 'Changed', 'Why no test notices'], explained);
  const parts = explained.length === 0 ? [summary] : [summary, survivors];
  document = document.replace(
    section,
    (_, open, close) => `${open}${parts.join('\n\n')}\n${close}`,
  );
}

writeFileSync(DOCUMENT, document);
for (const change of unexplained) console.error(`without a reason: ${change}`);
process.exitCode = unexplained.length === 0 ? 0 : 1;
