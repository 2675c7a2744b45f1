// Finds things as a screen reader does: by role and accessible name (the parts of HTML-AAM and
// accname that the app uses). Called with an operation, a path of {role, name, match, nth} from
// the outside in, and the operation's own argument.
const [operation, path, argument] = arguments;

const INPUT_ROLES = {
  button: 'button', submit: 'button', reset: 'button', checkbox: 'checkbox', radio: 'radio',
  range: 'slider', number: 'spinbutton', search: 'searchbox',
};
const TAG_ROLES = {
  article: 'article', aside: 'complementary', button: 'button', details: 'group',
  dialog: 'dialog', fieldset: 'group', footer: 'contentinfo', h1: 'heading', h2: 'heading',
  h3: 'heading', h4: 'heading', h5: 'heading', h6: 'heading', header: 'banner', hr: 'separator',
  img: 'img', li: 'listitem', main: 'main', math: 'math', nav: 'navigation', ol: 'list',
  optgroup: 'group', option: 'option', output: 'status', progress: 'progressbar',
  summary: 'summary', table: 'table', td: 'cell', textarea: 'textbox', th: 'columnheader',
  tr: 'row', ul: 'list', code: 'code', blockquote: 'blockquote',
};
const NAMED_BY_CONTENT = new Set([
  'button', 'link', 'heading', 'option', 'tab', 'menuitem', 'menuitemradio', 'checkbox', 'radio',
  'switch', 'cell', 'row', 'summary', 'columnheader', 'tooltip',
]);

function roleOf(element) {
  const stated = element.getAttribute('role');
  if (stated) return stated.trim().split(/\s+/)[0];
  const tag = element.localName;
  if (tag === 'a') return element.hasAttribute('href') ? 'link' : null;
  if (tag === 'input') {
    if (element.type === 'hidden') return null;
    if (element.hasAttribute('list')) return 'combobox';
    return INPUT_ROLES[element.type] ?? 'textbox';
  }
  if (tag === 'select') return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
  if (tag === 'section') return nameOf(element, null) ? 'region' : null;
  if (tag === 'form') return nameOf(element, null) ? 'form' : null;
  return TAG_ROLES[tag] ?? null;
}

const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

function contentOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return '';
  if (node.getAttribute('aria-hidden') === 'true' || !isShown(node)) return '';
  const label = node.getAttribute('aria-label');
  if (label) return label;
  if (node.localName === 'img') return node.alt;
  const inner = [...node.childNodes].map(contentOf).join('');
  return getComputedStyle(node).display.startsWith('inline') ? inner : ` ${inner} `;
}

function nameOf(element, role) {
  const ids = element.getAttribute('aria-labelledby');
  if (ids) {
    const text = ids.trim().split(/\s+/)
      .map((id) => element.ownerDocument.getElementById(id))
      .map((other) => (other ? tidy(other.getAttribute('aria-label') ?? other.textContent) : ''))
      .join(' ');
    if (tidy(text)) return tidy(text);
  }
  const label = tidy(element.getAttribute('aria-label'));
  if (label) return label;
  if (element.labels && element.labels.length > 0) {
    return tidy([...element.labels].map(contentOf).join(' '));
  }
  if (element.localName === 'fieldset') {
    const legend = element.querySelector(':scope > legend');
    if (legend) return tidy(contentOf(legend));
  }
  if (element.localName === 'img') return tidy(element.alt);
  if (role && NAMED_BY_CONTENT.has(role)) {
    const text = tidy(contentOf(element));
    if (text) return text;
  }
  return tidy(element.getAttribute('title')) || tidy(element.getAttribute('placeholder'));
}

function isShown(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

function isPerceived(element) {
  return isShown(element) && !element.closest('[aria-hidden="true"], [inert]')
    // A modal dialog makes everything outside of it inert without an attribute.
    && !(document.querySelector('dialog:modal')
      && !element.closest('dialog:modal') && !element.querySelector('dialog:modal'));
}

function matches(element, step) {
  const role = roleOf(element);
  if (role !== step.role) return false;
  if (step.match !== 'any') {
    const name = nameOf(element, role);
    if (step.match === 'exact' ? name !== step.name : !name.includes(step.name)) return false;
  }
  return isPerceived(element);
}

function all(steps) {
  let scopes = [document];
  for (const step of steps) {
    const found = new Set();
    for (const scope of scopes) {
      for (const element of scope.querySelectorAll('*')) {
        if (matches(element, step)) found.add(element);
      }
    }
    const list = [...found];
    scopes = step.nth === null ? list : [list.at(step.nth)].filter(Boolean);
  }
  return scopes;
}

// The words of a message without its controls, notes and hidden parts.
function proseOf(element) {
  const skip = 'button, select, details, summary, header, footer, [role="alert"], [role="status"],'
    + ' [role="group"], [role="toolbar"], [aria-hidden="true"], h2.visually-hidden, .visually-hidden';
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => (node.nodeType === Node.ELEMENT_NODE && node.matches(skip)
      ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  });
  let text = '';
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (!getComputedStyle(node).display.startsWith('inline') || node.localName === 'br') text += '\n';
  }
  return text;
}

function describe() {
  const lines = [];
  const visit = (element, depth) => {
    if (!isShown(element) || element.getAttribute('aria-hidden') === 'true') return;
    const role = roleOf(element);
    let inner = depth;
    if (role && lines.length < 400) {
      const name = nameOf(element, role);
      const value = element.value && element.localName !== 'button' && element.localName !== 'li'
        && element.localName !== 'option'
        ? ` = ${JSON.stringify(String(element.value).slice(0, 80))}` : '';
      const own = ['status', 'alert', 'article', 'paragraph'].includes(role)
        ? `: ${tidy(element.textContent).slice(0, 200)}` : '';
      lines.push(`${'  '.repeat(depth)}${role}${name ? ` ‘${name.slice(0, 120)}’` : ''}${value}${own}`
        + `${element.disabled || element.getAttribute('aria-disabled') === 'true' ? ' (disabled)' : ''}`
        + `${isPerceived(element) ? '' : ' (inert)'}`);
      inner += 1;
    }
    for (const child of element.children) visit(child, inner);
  };
  visit(document.body, 0);
  return lines.join('\n');
}

function stateOf(element) {
  return {
    disabled: element.disabled === true || element.getAttribute('aria-disabled') === 'true',
    busy: element.getAttribute('aria-busy') === 'true',
    focused: element === document.activeElement,
    value: element.value?.slice(0, 10_000) ?? null,
    length: element.value?.length ?? 0,
    text: tidy(element.textContent),
    prose: argument === 'prose' ? proseOf(element) : null,
    current: element.getAttribute('aria-current'),
    expanded: element.getAttribute('aria-expanded'),
    open: element.localName === 'details' ? element.open : null,
  };
}

switch (operation) {
  case 'element': return all(path)[0] ?? null;
  case 'state': { const element = all(path)[0]; return element ? stateOf(element) : null; }
  case 'states': return all(path).map(stateOf);
  case 'names': return all(path).map((element) => nameOf(element, roleOf(element)));
  case 'describe': return describe();
  default: throw new Error(`unknown operation ${operation}`);
}
