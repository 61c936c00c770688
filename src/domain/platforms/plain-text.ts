import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { MarkdownNode } from './markdown.ts';

/**
 * Markdown as people write where there is no formatting: an empty line between paragraphs, signs before the items of a
 * list, a table's cells between bars. Links keep their words, pictures go elsewhere, raw HTML is dropped.
 */
export function markdownToPlainText(markdown: string): string {
  return blocks(parser.parse(markdown)).join('\n\n');
}

/** The same with the topics at its end, as they count against the length of a text. */
export const textWithTopics = ({ markdown, tags }: { markdown: string; tags: readonly string[] }): string =>
  [markdownToPlainText(markdown), tags.map((tag) => `#${tag}`).join(' ')].filter(Boolean).join('\n');

const parser = unified().use(remarkParse).use(remarkGfm);

/** The text blocks of a node, without empty ones. */
function blocks({ children = [], ...node }: MarkdownNode): string[] {
  switch (node.type) {
    case 'code':
      return [node.value ?? ''];
    case 'paragraph':
    case 'heading':
      return [words({ ...node, children }).trim()].filter(Boolean);
    case 'list':
      return [children.map((item, at) => listItem(item, bulletOf(node, at))).join('\n')];
    case 'blockquote':
      return [blocks({ type: 'root', children }).map(quoted).join('\n')];
    case 'table':
      return [children.map(({ children: cells = [] }) => cells.map(words).join(' | ')).join('\n')];
    default:
      return children.flatMap(blocks);
  }
}

function listItem(item: MarkdownNode, bullet: string): string {
  const box = typeof item.checked === 'boolean' ? `${item.checked ? '☑' : '☐'} ` : '';
  const [first = '', ...rest] = blocks({ ...item, type: 'root' });
  return [`${bullet} ${box}${first}`, ...rest.map((block) => block.replaceAll(/^/gm, '  '))].join('\n');
}

const bulletOf = ({ ordered, start }: Omit<MarkdownNode, 'children'>, at: number): string =>
  ordered === true ? `${(start ?? 1) + at}.` : '•';

const quoted = (block: string): string => `「${block}」`;

function words(node: MarkdownNode): string {
  if (node.type === 'break') return '\n';
  if (node.type === 'text' || node.type === 'inlineCode') return (node.value ?? '').replaceAll('\n', ' ');
  return (node.children ?? []).map(words).join('');
}
