// What has to be mended in KaTeX's MathML before an engine sets it as TeX would: spaces, the names of functions,
// accents.

const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** What KaTeX writes where TeX has a space of 1, 3, 4 and 5 eighteenths of an em. */
const SPACES: Record<string, string> = { '\u200a': '0.0556em', '\u2009': '0.1667em', '\u2005': '0.2222em', '\u2005\u200a': '0.2778em' };

/** Elements whose text is shown. */
const TOKENS = new Set(['mi', 'mn', 'mo', 'ms', 'mtext', 'annotation']);

const SCRIPTS = new Set(['msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover']);

/** Stands behind the name of a function, and is not seen. */
const APPLY = '\u2061';

/** Mends the formula in `element`. */
export function repair(element: HTMLElement): void {
  keepSpaces(element);
  spaceFunctions(element);
  placeAccents(element);
}

/** As nodes, KaTeX leaves small spaces as bare text, which no engine shows. (As markup it does not.) */
function keepSpaces(formula: HTMLElement): void {
  const texts = document.createTreeWalker(formula, NodeFilter.SHOW_TEXT);
  const bare: Text[] = [];
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    if (!TOKENS.has(text.parentElement?.localName ?? '')) bare.push(text);
  }
  for (const text of bare) {
    const width = SPACES[text.data];
    // The others are negative, which MathML no longer knows.
    if (width) text.replaceWith(space(width));
    else text.remove();
  }
}

/** sin x, not sinx: TeX's space between a function's name and what it is of, unless that is in brackets. */
function spaceFunctions(formula: HTMLElement): void {
  for (const sign of formula.querySelectorAll('mo')) {
    if (sign.textContent !== APPLY) continue;
    const name = scripted(sign) ?? sign;
    const next = name.nextElementSibling;
    if (next && next.localName !== 'mo' && next.localName !== 'mspace') name.after(space('0.1667em'));
  }
}

/** Bars over letters, of one and of several. */
const BARS = new Set(['\u02c9', '\u203e']);

const VECTOR = '\u20d7';

/**
 * The engine sets only those accents right that it may stretch: by what is seen of them. Bars, which it sets
 * into the letter or far above it, are lines here.
 */
function placeAccents(formula: HTMLElement): void {
  for (const accent of formula.querySelectorAll('mover[accent="true"] > mo:last-child')) {
    const over = accent.parentElement!;
    if (BARS.has(accent.textContent)) {
      const row = document.createElementNS(MATHML, 'mrow');
      row.setAttribute('class', 'md-overline');
      row.append(...Array.from(over.children).slice(0, -1));
      over.replaceWith(row);
      continue;
    }
    if (accent.textContent === VECTOR) accent.textContent = '\u2192';
    accent.setAttribute('stretchy', 'true');
    // An arrow alone is a relation, with room on both sides.
    accent.setAttribute('lspace', '0');
    accent.setAttribute('rspace', '0');
  }
}

/** The name with its indices, if it has any: they follow a row of the name and the sign. */
function scripted(sign: Element): Element | undefined {
  const row = sign.parentElement;
  const script = row?.parentElement;
  const isNamed = !sign.nextElementSibling && row === script?.firstElementChild && SCRIPTS.has(script?.localName ?? '');
  return isNamed ? (script ?? undefined) : undefined;
}

function space(width: string): Element {
  const element = document.createElementNS(MATHML, 'mspace');
  element.setAttribute('width', width);
  return element;
}
