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
export function countImages(markdown: string): number {
  const count = (node: MarkdownNode): number =>
    (isImage(node) ? 1 : 0) + (node.children ?? []).reduce((sum, child) => sum + count(child), 0);
  return count(parser.parse(markdown));
}

/** The part of a Markdown syntax tree (mdast) that is read here. */
export type MarkdownNode = {
  type: string;
  value?: string;
  url?: string;
  spread?: boolean | null | undefined;
  checked?: boolean | null | undefined;
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

const isImage = (node: MarkdownNode): boolean => node.type === 'image' || node.type === 'imageReference';
