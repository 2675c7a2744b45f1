// Which screen an address stands for. The address lives in the fragment, so that a reload comes back to it.

/** A screen. */
export type Route = { screen: 'chat'; conversation: string | null } | { screen: 'settings' };

/** The screen of a fragment (`#/c/<id>`, `#/settings`); anything else is a new chat. */
export function parse(hash: string): Route {
  if (hash === '#/settings') return { screen: 'settings' };
  const id = /^#\/c\/([A-Za-z0-9_-]+)$/.exec(hash)?.[1];
  return { screen: 'chat', conversation: id ?? null };
}

/** The fragment of a screen. */
export function format(route: Route): string {
  if (route.screen === 'settings') return '#/settings';
  return route.conversation === null ? '#/' : `#/c/${route.conversation}`;
}
