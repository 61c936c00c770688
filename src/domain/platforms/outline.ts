/** What a reader would miss in a text, by kind. */
export type Outline = Record<string, string>;

/**
 * The outline of each piece of HTML, to hold what was written against what arrived; the markup around it is the editor's
 * business. Runs in the page, which has the only parser that is sure to read as a browser does.
 */
export function outlinesOf(pieces: string[]): Outline[] {
  const parser = new DOMParser();
  const spaces = /\s+/gu;
  const squeezed = (text: string | null) => (text ?? '').replaceAll(spaces, '');
  return pieces.map((html) => {
    const { body } = parser.parseFromString(html, 'text/html');
    const each = (css: string, describe: (element: Element) => string) =>
      [...body.querySelectorAll(css)].map((element) => describe(element)).join('\n');
    const pathOf = (element: Element | null): string =>
      element === null || element === body ? '' : `${pathOf(element.parentElement)}/${element.tagName}`;
    const marked = (css: string) => {
      const outermost = [...body.querySelectorAll(css)].filter((element) => !element.parentElement?.closest(css));
      return squeezed(outermost.map((element) => element.textContent).join(''));
    };
    const tagAndText = (element: Element) => `${element.tagName} ${squeezed(element.textContent)}`;
    return {
      text: squeezed(body.textContent),
      headings: each('h1, h2, h3, h4, h5, h6', tagAndText),
      lists: each('ul, ol, li', (list) => `${pathOf(list)} ${squeezed(list.textContent)}`),
      links: each('a[href]', (a) => `${a.getAttribute('href')} ${squeezed(a.textContent)}`),
      images: each('img[src]', (img) => `${img.getAttribute('src')} ${img.getAttribute('alt') ?? ''}`),
      code: each('pre', (pre) => (pre.textContent ?? '').trimEnd()),
      'inline code': each(':not(pre) > code', (code) => code.textContent ?? ''),
      quotes: each('blockquote', tagAndText),
      cells: each('th, td', tagAndText),
      'line breaks': each('br', () => '.'),
      // Which words, and not in how many pieces: one editor puts a link inside of bold, another bold inside of a link.
      marks: ['strong', 'em', 'del, s'].map((css) => `${css} ${marked(css)}`).join('\n'),
    };
  });
}
