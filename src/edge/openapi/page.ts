import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the reference page, as it is answered. */
export type PageFile = {
  readonly type: string;
  readonly etag: string;
  readonly body: Uint8Array<ArrayBuffer>;
};

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API reference</title>
    <link rel="icon" type="image/png" href="./docs/favicon-32x32.png">
    <link rel="stylesheet" href="./docs/swagger-ui.css">
    <link rel="stylesheet" href="./docs/page.css">
  </head>
  <body>
    <p class="also">
      <a href="./openapi.json">OpenAPI 3.1</a>
      <a href="./asyncapi.json">AsyncAPI 3.0: events and commands on NATS</a>
      <a href="./machines">Lifecycles</a>
      <a href="./docs/LICENSE.txt">Licence of this page</a>
    </p>
    <div id="reference"></div>
    <script src="./docs/swagger-ui-bundle.js"></script>
    <script src="./docs/page.js"></script>
  </body>
</html>
`;
const STYLE = `body { margin: 0; }
.also { font: 14px sans-serif; margin: 0; padding: 10px 20px; background: #f4f4f4; }
.also a { margin-right: 20px; }
`;
/** Nothing is asked of others: no validator, no fonts. */
const SCRIPT = `window.ui = SwaggerUIBundle({
  url: './openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});
`;

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  png: 'image/png',
  txt: 'text/plain; charset=utf-8',
};

/** Files of other makers, by the name they are asked for and the one they are kept under. */
const FOREIGN: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'swagger-ui.css',
  'swagger-ui-bundle.js': 'swagger-ui-bundle.js',
  'favicon-32x32.png': 'favicon-32x32.png',
  'LICENSE.txt': 'LICENSE',
  'NOTICE.txt': 'NOTICE',
  'swagger-ui-bundle.js.LICENSE.txt': 'swagger-ui-bundle.js.LICENSE.txt',
};
/** What the build copies beside the program, so that it runs without what built it. */
export const pageFiles: readonly string[] = Object.values(FOREIGN);

/** `dist/assets` of a program that was built; else where the package was installed. */
const folder = (): string | undefined => {
  const built = fileURLToPath(new URL('../../../assets/', import.meta.url));
  if (existsSync(built)) return built;
  try {
    return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
};

const OWN: Readonly<Record<string, string>> = {
  'page.html': HTML,
  'page.css': STYLE,
  'page.js': SCRIPT,
};

const contentOf = (name: string): Buffer | undefined => {
  if (Object.hasOwn(OWN, name)) return Buffer.from(OWN[name]!);
  const from = Object.hasOwn(FOREIGN, name) ? folder() : undefined;
  const path = from && join(from, FOREIGN[name]!);
  return path && existsSync(path) ? readFileSync(path) : undefined;
};

const read = new Map<string, PageFile>();

/** One file of the page; undefined when there is none of this name. Read once. */
export const pageFile = (name: string): PageFile | undefined => {
  const known = read.get(name);
  if (known) return known;
  const content = contentOf(name);
  if (!content) return undefined;
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const file = { type, etag: `"${digest}"`, body: new Uint8Array(content) };
  read.set(name, file);
  return file;
};
