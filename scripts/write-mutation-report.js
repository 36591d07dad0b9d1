// Writes what `npm run test:mutation` found into the documentation: the figures, and each change
// that no test noticed, line by line. Why they may go unnoticed is written there by hand and kept; a
// line without a reason is named, and the exit code is 1.
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

const firstLine = (text) => text.split('\n')[0];

/** What was changed in its line, and into what. */
const changeOf = (line, { location: { start, end }, replacement }) => {
  const within = start.line === end.line;
  const before = line.slice(start.column - 1, within ? end.column - 1 : undefined);
  return `${code(within ? before : `${before} …`)} → ${code(firstLine(replacement))}`;
};

/** A row for each line of which a change went unnoticed: where it begins, and what was changed. */
const unnoticedIn = (file, { source, mutants }) => {
  const lines = source.split('\n');
  const rows = new Map();
  for (const mutant of mutants.filter(({ status }) => UNNOTICED.includes(status))) {
    const line = lines[mutant.location.start.line - 1];
    const place = `| \`${file.split('/').at(-1)}\` | ${code(line)} |`;
    rows.set(place, [...(rows.get(place) ?? []), changeOf(line, mutant)]);
  }
  return [...rows].map(([place, changes]) => ({ place, changes: [...new Set(changes)] }));
};

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
    .map(({ place, changes }) => {
      const reason = written
        .split('\n')
        .find((line) => line.startsWith(place))
        ?.match(/ \| ([^|]+) \|$/)?.[1];
      if (!reason) unexplained.push(place);
      return `${place} ${changes.join('; ')} | ${reason ?? ''} |`;
    });
  const survivors = table(['File', 'Line', 'Changed', 'Why no test notices'], explained);
  const parts = explained.length === 0 ? [summary] : [summary, survivors];
  document = document.replace(
    section,
    (_, open, close) => `${open}${parts.join('\n\n')}\n${close}`,
  );
}

writeFileSync(DOCUMENT, document);
for (const place of unexplained) console.error(`without a reason: ${place}`);
process.exitCode = unexplained.length === 0 ? 0 : 1;
