import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** The words alone, one line per block. Code keeps its line breaks; raw HTML and pictures are left out. */
export function markdownToText(markdown: string): string {
  return blocksOf(parser.parse(markdown))
    .map((block) => block.trim())
    .filter(Boolean)
    .join('\n');
}

/** How many pictures the text itself shows. */
export const countImages = (markdown: string): number => picturesOf(parser.parse(markdown)).length;

/** The addresses of the text's own pictures, in their order; null for one that is defined nowhere. */
export function imageUrls(markdown: string): (string | null)[] {
  const root: MarkdownNode = parser.parse(markdown);
  const definitions = (root.children ?? []).filter(({ type }) => type === 'definition');
  const defined = (id: string | undefined) => definitions.find(({ identifier }) => identifier === id)?.url;
  return picturesOf(root).map(({ url, identifier }) => url ?? defined(identifier) ?? null);
}

/** The part of a Markdown syntax tree (mdast) that is read here. */
export type MarkdownNode = {
  type: string;
  value?: string;
  url?: string;
  identifier?: string;
  spread?: boolean | null | undefined;
  checked?: boolean | null | undefined;
  ordered?: boolean | null | undefined;
  start?: number | null | undefined;
  children?: MarkdownNode[] | undefined;
};

const parser = unified().use(remarkParse).use(remarkGfm);

function blocksOf(node: MarkdownNode): string[] {
  if (node.type === 'code') return [node.value ?? ''];
  if (['paragraph', 'heading', 'tableCell'].includes(node.type)) return [wordsOf(node)];
  return (node.children ?? []).flatMap((child) => blocksOf(child));
}

function wordsOf(node: MarkdownNode): string {
  if (node.type === 'break') return '\n';
  if (node.type === 'text' || node.type === 'inlineCode') return node.value ?? '';
  return (node.children ?? []).map((child) => wordsOf(child)).join('');
}

const picturesOf = (node: MarkdownNode): MarkdownNode[] =>
  isImage(node) ? [node] : (node.children ?? []).flatMap((child) => picturesOf(child));

const isImage = (node: MarkdownNode): boolean => node.type === 'image' || node.type === 'imageReference';
