import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), ...(mode === 'test' ? [svelteTesting()] : [])],
  resolve: {
    // `npm run dev` shows the screens without the shell: a made-up backend takes the place of the real one.
    alias: mode === 'fake' ? [{ find: /^\.\/lib\/ipc$/, replacement: path('./dev/fake-ipc.ts') }] : [],
  },
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  preview: { host: '127.0.0.1' },
  build: {
    target: 'safari26',
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    emptyOutDir: true,
    // The content security policy allows files of our own only: no `data:` fonts, no inlined script.
    assetsInlineLimit: 0,
    // The main window and quick ask.
    rollupOptions: { input: ['index.html', 'quick.html'].map(path) },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'dev/**/*.test.ts'],
    restoreMocks: true,
    // A hang is a failure, a busy machine is none.
    testTimeout: 120_000,
  },
}));
