import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // Svelte builds its fragments with createElement instead of innerHTML: nothing in this window
    // ever turns a string into markup, not even the framework.
    fragments: 'tree',
  },
};
