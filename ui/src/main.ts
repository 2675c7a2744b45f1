// Where the window begins.
import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import App from './App.svelte';
// After all the others, which it overrules.
import './styles/print.css';
import { backend } from './lib/ipc';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { backend } });
