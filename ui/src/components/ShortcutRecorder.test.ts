import '../../dev/jsdom';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeBackend } from '../../dev/fake-backend';
import App from '../App.svelte';

afterEach(() => vi.useRealTimers());

test('keys that never arrive are said to after a while', async () => {
  location.hash = '#/settings';
  render(App, { backend: new FakeBackend() });
  const section = await screen.findByRole('region', { name: 'Quick ask' });
  await waitFor(() => expect(section.textContent).toContain('CtrlShiftSpace'));
  const recorder = screen.getByRole('button', { name: 'Record shortcut' });
  vi.useFakeTimers();
  await fireEvent.click(recorder);
  await vi.advanceTimersByTimeAsync(5000);
  expect(section.textContent).not.toContain('No key has arrived');
  await fireEvent.keyDown(recorder, { code: 'ControlLeft', key: 'Control' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(section.textContent).not.toContain('No key has arrived');
  await vi.advanceTimersByTimeAsync(2000);
  expect(section.textContent).toContain('No key has arrived');
});
