import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// Nothing from outside may ever become markup: the window draws typed trees with createElement.
const markup = [
  ...['innerHTML', 'outerHTML', 'srcdoc'].map((name) => ({
    selector: `MemberExpression[property.name="${name}"], MemberExpression[property.value="${name}"]`,
    message: `${name} turns a string into markup: build nodes instead.`,
  })),
  ...['insertAdjacentHTML', 'setHTMLUnsafe', 'parseHTMLUnsafe', 'createContextualFragment', 'parseFromString'].map((name) => ({
    selector: `MemberExpression[property.name="${name}"]`,
    message: `${name} turns a string into markup: build nodes instead.`,
  })),
  {
    selector: 'MemberExpression[object.name="document"][property.name=/^(write|writeln|execCommand)$/]',
    message: 'document.write and execCommand are not for this window.',
  },
];

export default ts.config(
  { ignores: ['dist/', 'dist-bench/', 'dist-fake/', 'node_modules/', 'src/lib/bindings/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-undef': 'off',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...markup],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/lib/ipc.ts talks to the shell.' }] },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  // The rivals of the bench make markup of strings: that is what they are measured for. Nothing of it is shipped.
  { files: ['bench/ways.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/lib/ipc.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // The policy is `style-src 'self'`: no style attributes.
      'svelte/no-inline-styles': 'error',
      'svelte/no-target-blank': 'error',
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
    },
  },
  { files: ['*.config.{js,ts}'], languageOptions: { globals: { ...globals.node } } },
);
