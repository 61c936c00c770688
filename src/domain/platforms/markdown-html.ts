import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import type { MarkdownNode } from './markdown.ts';

// Articles come from people and from models, and go into other people's pages: raw HTML in the Markdown is dropped, and
// so is every address that is not a plain web, mail or phone one.

/** GitHub-flavoured Markdown to HTML that is safe to hand to an editor. */
export function markdownToHtml(markdown: string): string {
  return toHtml.processSync(markdown).toString();
}

const toHtml = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(() => (tree: MarkdownNode) => makeSafe(tree))
  .use(remarkRehype)
  .use(rehypeStringify);

function makeSafe(node: MarkdownNode): void {
  if (typeof node.checked === 'boolean') drawCheckbox(node);
  if (node.type === 'list' && (node.children ?? []).every((item) => isOneLine(item))) tighten(node);
  node.children = node.children?.flatMap((child) => withoutBadAddress(child));
  for (const child of node.children ?? []) makeSafe(child);
}

/** A link that may not be one leaves its words, a picture nothing. */
function withoutBadAddress(node: MarkdownNode): MarkdownNode[] {
  if (node.url === undefined || isSafe(node.url)) return [node];
  return node.type === 'link' ? (node.children ?? []).flatMap((child) => withoutBadAddress(child)) : [];
}

/** Blank lines between items that are one paragraph each say nothing, and editors show them as a mess. */
function tighten(list: MarkdownNode): void {
  list.spread = false;
  for (const item of list.children ?? []) item.spread = false;
}

const isOneLine = ({ children = [] }: MarkdownNode): boolean =>
  children.slice(1).every((child) => child.type === 'list') && (children[0]?.type ?? 'paragraph') === 'paragraph';

/** No editor keeps a form field in a text, so a task's box becomes a sign. */
function drawCheckbox(item: MarkdownNode): void {
  const sign = { type: 'text', value: item.checked ? '☑ ' : '☐ ' };
  const [first] = item.children ?? [];
  item.checked = null;
  if (first?.type === 'paragraph') first.children = [sign, ...(first.children ?? [])];
}

function isSafe(url: string): boolean {
  // What a browser takes for a scheme: control characters and spaces inside it are ignored (URL Standard, 4.4).
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url.replaceAll(/[\p{Cc}\s]/gu, ''))?.[1];
  return scheme === undefined || ['http', 'https', 'mailto', 'tel'].includes(scheme.toLowerCase());
}
