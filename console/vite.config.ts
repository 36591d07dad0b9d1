import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Whatever the shell says that builds it: what is built is for users.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production';

/** The console as static files that the node serves: everything from its own origin. */
export default defineConfig({
  root: here('.'),
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: here('../dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy lets nothing be written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: {
      // `npm run console:dev` shows what is being written beside a node that runs.
      '^/(?!console|@|src|node_modules)': process.env.STELE_URL ?? 'http://127.0.0.1:3000',
    },
  },
});
