import { defineConfig } from 'vitest/config';

/** Makes this folder a project of its own: `npx vitest run --root examples/library`. */
export default defineConfig({ cacheDir: '../../node_modules/.vite' });
