import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const { resolve } = createRequire(import.meta.url);
/** Vite does not find the package that this folder is a part of. */
const inPackage = (name: string) => ({ find: new RegExp(`^${name}$`), replacement: resolve(name) });

/** Makes this folder a project of its own: `npx vitest run --root examples/library`. */
export default defineConfig({
  cacheDir: '../../node_modules/.vite',
  resolve: { alias: [inPackage('stele'), inPackage('stele/testing')] },
});
