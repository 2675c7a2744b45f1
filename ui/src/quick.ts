// Where quick ask begins.
import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import Quick from './Quick.svelte';
import { backend } from './lib/ipc';

const target = document.getElementById('app');
if (target) mount(Quick, { target, props: { backend } });
