import { actors } from '../../actors/index.js';
import { roles } from '../../actors/roles.js';
import type { Role } from '../../src/core/access.js';

/** How far a role may send a command: not at all, always, what its teams own, from imports only. */
export type Reach = '' | 'yes' | 'own' | 'import';

/** One row of the table of roles: an aggregate type, a command, and each role's reach. */
export type Row = {
  readonly aggregate: string;
  readonly command: string;
  readonly reach: Readonly<Record<string, Reach>>;
};

const NAMES = Object.keys(roles);
const reachOf = (name: string, allowed: readonly string[]): Reach => {
  const role: Role = roles[name as keyof typeof roles];
  if (!allowed.includes(name)) return '';
  return role.ownedOnly ? 'own' : role.sources?.includes('import') ? 'import' : 'yes';
};

const INTRODUCTION = `# Roles

Who may send which command, and see what. Default is no. Generated from the definitions (\`npm run docs:roles\`); a test sends every command in every role and compares with this page.

\`yes\` = always; \`own\` = what a team of theirs owns; \`import\` = as part of an import only.

`;

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** The page as it should be. */
export const renderRoleTable = (): string => {
  let text = INTRODUCTION;
  text += line(['Role', 'What for', 'Sees and does besides commands']);
  text += line(['---', '---', '---']);
  for (const [name, { summary, may }] of Object.entries(roles))
    text += line([`\`${name}\``, summary, may.join(', ')]);
  for (const { name, commands } of actors) {
    text += `\n## ${name}\n\n`;
    text += line(['Command', ...NAMES]);
    text += line(['---', ...NAMES.map(() => '---')]);
    for (const [type, { roles: allowed }] of Object.entries(commands))
      text += line([type, ...NAMES.map((role) => reachOf(role, allowed))]);
  }
  return text;
};

/** The rows of the page as it stands in the documentation. */
export const readRoleTable = (text: string): readonly Row[] =>
  text
    .split('\n## ')
    .slice(1)
    .flatMap((section) => {
      const [aggregate = '', ...lines] = section.split('\n');
      const [head, , ...rows] = lines
        .filter((one) => one.startsWith('|'))
        .map((one) =>
          one
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        );
      return rows.map(([command = '', ...reach]) => ({
        aggregate,
        command,
        reach: Object.fromEntries(
          head!.slice(1).map((role, at) => [role, (reach[at] ?? '') as Reach]),
        ),
      }));
    });
