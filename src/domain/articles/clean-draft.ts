import type { Outline } from '../../entities/article.ts';
import { plainLine } from './clean-title.ts';
import { blocksOf, headingOf, isCode, isList, wholeSentences, wordsOf } from './draft-text.ts';

/**
 * What a model calls a draft, as an article's body: no fence around it, no preface, no title at its start, no half
 * sentence at its end, headings from level 2 on.
 */
export function cleanDraft(answer: string, outline: Outline): string {
  const text = withoutFence(answer.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\n\t]|\p{Cs}/gu, ''));
  const blocks = withHeadings(blocksOf(text)).filter((block) => block !== '---');
  const body = withoutTitle(withoutPreface(blocks), outline.title);
  return withoutHalfSentence(atLevelTwo(body, outline)).join('\n\n');
}

function withoutFence(text: string): string {
  const fenced = /^\s*```(?:markdown|md)?[ \t]*\n([\s\S]*?)(?:\n```\s*)?$/i.exec(text);
  return fenced?.[1] ?? text;
}

/** Small models write headings as a line in bold. */
function withHeadings(blocks: string[]): string[] {
  if (blocks.some((block) => headingOf(block))) return blocks;
  return blocks.map((block) => {
    const bold = /^(?:\d+[.)]\s*)?\*\*([^*\n]{2,100})\*\*:?$/.exec(block)?.[1];
    return bold === undefined ? block : `## ${bold.replace(/[:：]$/, '')}`;
  });
}

function withoutPreface(blocks: string[]): string[] {
  const [first = ''] = blocks;
  const isPreface =
    /^(sure|certainly|of course|here(?:'s| is)|okay|好的|当然|以下)/i.test(first) && /[:：!！]$/.test(first);
  return isPreface ? blocks.slice(1) : blocks;
}

function withoutTitle(blocks: string[], title: string): string[] {
  const repeats = (block: string) => {
    const heading = headingOf(block);
    const line = plainLine(heading?.text ?? block);
    return wordsOf(line) === wordsOf(title) || (heading?.level === 1 && isOnlyOneOfLevelOne(blocks));
  };
  const [first] = blocks;
  return first !== undefined && repeats(first) ? withoutTitle(blocks.slice(1), title) : blocks;
}

const isOnlyOneOfLevelOne = (blocks: string[]) =>
  blocks.filter((block) => headingOf(block)?.level === 1).length === 1 &&
  blocks.some((block) => (headingOf(block)?.level ?? 0) > 1);

/** The highest heading becomes level 2, and so do those of the outline; the others keep their distance. */
function atLevelTwo(blocks: string[], outline: Outline): string[] {
  const planned = new Set(outline.sections.map(({ heading }) => wordsOf(heading)));
  const levels = blocks.flatMap((block) => headingOf(block)?.level ?? []);
  const shift = 2 - Math.min(...levels);
  return blocks.map((block) => {
    const heading = headingOf(block);
    if (!heading) return block;
    const text = plainLine(heading.text).replace(/^\d+[.)]\s*/, '');
    const level = planned.has(wordsOf(text)) ? 2 : Math.min(heading.level + shift, 4);
    return `${'#'.repeat(level)} ${text}`;
  });
}

/** An answer that reached its token limit stops anywhere; the reader gets whole sentences. */
function withoutHalfSentence(blocks: string[]): string[] {
  const last = blocks.at(-1);
  if (last === undefined || isCode(last)) return blocks;
  if (headingOf(last)) return withoutHalfSentence(blocks.slice(0, -1));
  if (isList(last)) return blocks;
  const whole = wholeSentences(last);
  return whole === '' ? blocks : [...blocks.slice(0, -1), whole];
}
