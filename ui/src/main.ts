// Where the window begins.
import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import './styles/print.css';
import App from './App.svelte';
import { backend } from './lib/ipc';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { backend } });
