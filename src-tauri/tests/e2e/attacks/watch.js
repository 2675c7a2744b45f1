// Watches the page while it is attacked: that no script runs, that nothing is fetched, and that no node
// appears but those the app makes. Called with an operation and its argument:
// `begin` (a host that must not be called), `report`, `prove` (that all this would be noticed).
const [operation, host] = arguments;

const words = (text) => new Set(text.trim().split(/\s+/));

// What `ui/src/lib/markdown` makes of the tree's nodes.
const REPLY = {
  tags: words(`p h1 h2 h3 h4 h5 h6 blockquote ul ol li div span a code pre figure figcaption button input
    table colgroup col thead tbody tr th td section em strong s br hr sup img`),
  attributes: words(`class dir role tabindex title href rel start scope type disabled hidden src alt width height
    style aria-label aria-pressed aria-expanded aria-busy aria-hidden data-tex data-display data-note data-lang`),
  classes: /^(md|tk)(-[a-z]+)*$|^math$|^button$|^small$/,
};

// What KaTeX draws a formula with: MathML in a span.
const FORMULA = {
  tags: words(`span math semantics annotation mrow mi mo mn ms mtext mspace mover munder
    munderover msup msub msubsup mfrac msqrt mroot mtable mtr mtd mpadded mphantom menclose mstyle`),
  attributes: words(`class style xmlns width height encoding display mathvariant stretchy fence form separator
    lspace rspace columnalign columnspacing rowspacing columnlines rowlines displaystyle scriptlevel accent
    accentunder linethickness minsize maxsize notation mathcolor mathbackground mathsize voffset symmetric largeop movablelimits`),
  classes: /^[a-zA-Z0-9-]+$/,
};

// What the components around replies are made of.
const APP_TAGS = words(`html head body meta title script link div p span h1 h2 h3 h4 i b em strong code pre a bdi ul ol
  li dl dt dd button input label textarea select option datalist fieldset legend output details summary dialog
  section article aside header footer main nav svg g defs path rect circle line lineargradient stop mask time`);

const ours = (address) => new URL(address, document.baseURI).origin === location.origin
  || address.startsWith(`blob:${location.origin}`);

/** The page, wherever in it the app shows itself to be. */
const page = () => location.href.split('#')[0];

/** What is wrong with an element, if anything is. */
function faults(element) {
  const tag = element.localName.toLowerCase();
  const found = [];
  const fault = (what) => found.push(`${what}: ${element.cloneNode(false).outerHTML.slice(0, 300)}`);
  const root = element.parentElement?.closest('.md');
  const kind = root && (element.closest('.katex, .katex-display, .katex-error') ? FORMULA : REPLY);
  if (!(kind?.tags ?? APP_TAGS).has(tag)) fault(`an element of a foreign kind in ${kind ? 'a reply' : 'the app'}`);
  for (const { name, value } of element.attributes) {
    if (/^on/i.test(name)) fault('an event handler');
    if (/^(srcdoc|srcset|action|formaction|data|ping|poster|background|xlink:href|http-equiv)$/i.test(name)
      && value !== 'x-dns-prefetch-control') fault(`the attribute ${name}`);
    if (name === 'src' && !ours(value)) fault('a foreign source');
    // The app's own links lead to its own places, `#/…`.
    if (name === 'href' && tag === 'a' && !(kind ? /^(https?:\/\/|mailto:)/i : /^#\//).test(value)) fault('an address of another scheme');
    if (name === 'href' && tag !== 'a' && !value.startsWith('#') && !ours(value)) fault('a foreign address');
    if (name === 'style' && /url|image|expression|@|\\/i.test(value)) fault('a style that fetches');
    if (!kind) continue;
    if (!kind.attributes.has(name)) fault(`the attribute ${name}`);
    if (name === 'class') {
      for (const one of element.classList) if (!kind.classes.test(one)) fault(`the class ${one}`);
    }
    if (name === 'style' && kind === REPLY && !/^(width: [\d.]+px;)?$/.test(value)) fault('a style');
    if (name === 'src' && !value.startsWith('blob:')) fault('an image the app did not make');
    if (name === 'type' && !/^(button|checkbox)$/.test(value)) fault('a control');
  }
  return found;
}

const within = (node) => (node instanceof Element ? [node, ...node.querySelectorAll('*')] : []);

function begin() {
  const watch = { faults: [], struck: [], refused: [], address: page() };
  window.attackWatch = watch;
  window.struck = (by = 'struck') => watch.struck.push(String(by));
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => window.struck(name);
  document.addEventListener('securitypolicyviolation', (event) => {
    watch.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
  });
  // Also what comes and goes between two looks.
  new MutationObserver((records) => {
    const changed = records.flatMap(({ type, target, addedNodes }) => (
      type === 'attributes' ? [target] : [...addedNodes].flatMap(within)));
    watch.faults.push(...changed.filter((element) => element.isConnected).flatMap(faults));
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true });
}

function report() {
  const watch = window.attackWatch;
  if (!watch) return { faults: ['the page was loaded anew'], struck: [], refused: [], fetched: [], undrawn: 0, quotes: 0 };
  const own = [`${location.origin}/`, 'ipc://', 'http://ipc.localhost/', `blob:${location.origin}/`];
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name)
    .filter((name) => !own.some((start) => name.startsWith(start)));
  const moved = page() === watch.address && /(^| – )Serein$/.test(document.title) ? []
    : [`the window went to ${location.href}, ${document.title}`];
  const undrawn = '.math:not(.md-math-drawn, .md-math-unread, .md-math-open)';
  return {
    faults: [...new Set([...watch.faults, ...within(document.documentElement).flatMap(faults), ...moved])].slice(0, 40),
    struck: watch.struck,
    refused: watch.refused,
    fetched,
    undrawn: document.querySelectorAll(undrawn).length,
    quotes: [...document.querySelectorAll('blockquote')].filter((quote) => !quote.parentElement.closest('blockquote')).length,
  };
}

/** Each of these must be noticed; those that are not are the answer. */
async function prove() {
  const watch = window.attackWatch;
  const paragraph = document.querySelector('.md p');
  const element = (tag, attributes, into = paragraph) => () => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    into.append(node);
    return node;
  };
  const bad = {
    'a script in a reply': element('script', {}),
    'a frame in a reply': element('iframe', {}),
    'a frame in the app': element('iframe', {}, document.body),
    'a style sheet in the app': element('style', {}, document.body),
    'a drawing in a reply': () => {
      const node = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      paragraph.append(node);
      return node;
    },
    'an event handler': element('span', { onattack: '1' }),
    'an unsafe link': element('a', { href: 'javascript:struck()' }),
    'a relative link': element('a', { href: '/' }),
    'an image that was not asked for': element('img', { src: `http://${host}/proof` }),
    'a name that shadows the app': element('span', { id: 'app' }),
    'a class of the app': element('span', { class: 'bubble' }),
    'a form': element('form', {}, document.body),
  };
  const missed = [];
  for (const [name, make] of Object.entries(bad)) {
    const before = watch.faults.length;
    const node = make();
    if (faults(node).length === 0) missed.push(name);
    // The observer is told before the next task.
    await new Promise((then) => { setTimeout(then); });
    if (watch.faults.length === before) missed.push(`${name}, while it happens`);
    node.remove();
  }
  alert('proof');
  if (!watch.struck.includes('alert')) missed.push('a script');
  if (!watch.refused.some((refused) => refused.includes(host))) missed.push('a request');
  return missed;
}

switch (operation) {
  case 'begin': return begin();
  case 'report': return report();
  case 'prove': return prove();
  default: throw new Error(`unknown operation ${operation}`);
}
