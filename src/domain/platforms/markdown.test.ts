import { expect, test } from '@jest/globals';
import { markdownToHtml } from './markdown-html.ts';
import { countImages, markdownToText } from './markdown.ts';

test('headings, lists, links, code, quotes and tables become HTML as written', () => {
  expect(markdownToHtml('## A & B')).toBe('<h2>A &#x26; B</h2>');
  expect(markdownToHtml('- a\n  1. b')).toBe('<ul>\n<li>a\n<ol>\n<li>b</li>\n</ol>\n</li>\n</ul>');
  expect(markdownToHtml('[a](https://x.test/?b=1&c=2)')).toBe('<p><a href="https://x.test/?b=1&#x26;c=2">a</a></p>');
  expect(markdownToHtml('```js\na < b;\n```')).toBe('<pre><code class="language-js">a &#x3C; b;\n</code></pre>');
  expect(markdownToHtml('> `q`')).toBe('<blockquote>\n<p><code>q</code></p>\n</blockquote>');
  expect(markdownToHtml('| a |\n|---|\n| b |')).toContain('<td>b</td>');
});

test('raw HTML never passes, in a block or in a line', () => {
  expect(markdownToHtml('<script>alert(1)</script>\n\nx <b onclick="y()">z</b>')).toBe('<p>x z</p>');
  expect(markdownToText('<script>alert(1)</script>\n\nx <b>z</b>')).toBe('x z');
});

test('an address that could run something leaves only its words', () => {
  const bad = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java&#10;script:alert(1)',
    'data:text/html,x',
    'vbscript:x',
  ];
  for (const url of bad) expect(markdownToHtml(`[words](<${url}>)`)).toBe('<p>words</p>');
  expect(markdownToHtml('![p](data:image/png;base64,xx)')).toBe('<p></p>');
  expect(markdownToHtml('[words][1]\n\n[1]: javascript:alert(1)')).not.toContain('javascript');
  expect(markdownToHtml('[a](/b) [c](#d) [e](mailto:f@g.test)')).toContain('href="mailto:f@g.test"');
});

test('a list with blank lines between one-line items is the same list', () => {
  expect(markdownToHtml('- a\n\n- b')).toBe(markdownToHtml('- a\n- b'));
});

test('a task list keeps its boxes as signs', () => {
  expect(markdownToHtml('- [x] a\n- [ ] b')).not.toContain('<input');
  expect(markdownToText('- [x] a\n- [ ] b')).toBe('a\nb');
  expect(markdownToHtml('- [x] a\n- [ ] b')).toContain('☑ a');
});

test('plain text has a line for each block and nothing of the marks', () => {
  expect(
    markdownToText('# T\n\nOne **two** [three](https://x.test) `four`\nfive.\n\n- a\n  - b\n\n```\nc\n  d\n```'),
  ).toBe('T\nOne two three four\nfive.\na\nb\nc\n  d');
});

test('pictures are counted, wherever they stand', () => {
  expect(countImages('![a](a.png)\n\n- b ![c](c.png)\n\n`![d](d.png)`')).toBe(2);
});
