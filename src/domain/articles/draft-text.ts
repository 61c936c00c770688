/** A draft taken apart: what stands before the first heading, and then the sections. A block is a paragraph, list or code. */
export type DraftParts = { intro: string[]; sections: DraftSection[] };
export type DraftSection = { heading: string; blocks: string[] };

/** Splits Markdown at blank lines and headings, but never inside a code block. */
export function blocksOf(markdown: string): string[] {
  const blocks: string[][] = [[]];
  let inCode = false;
  for (const line of markdown.split('\n').map((text) => text.trimEnd())) {
    const isFence = /^\s*(```|~~~)/.test(line);
    const alone = !inCode && (line === '' || headingOf(line) !== undefined);
    if (alone || (isFence && !inCode)) blocks.push([]);
    if (line !== '' || inCode) blocks.at(-1)?.push(line);
    if (isFence) inCode = !inCode;
    if (alone || (isFence && !inCode)) blocks.push([]);
  }
  if (inCode) blocks.at(-1)?.push('```');
  return blocks.map((lines) => lines.join('\n')).filter((block) => block.trim() !== '');
}

/** @returns undefined when the block is no heading */
export function headingOf(block: string): { level: number; text: string } | undefined {
  const match = /^(#{1,6})\s+(\S.*?)\s*#*$/.exec(block);
  return match ? { level: match[1]?.length ?? 1, text: match[2] ?? '' } : undefined;
}

export const isCode = (block: string) => /^\s*(```|~~~)/.test(block);

export const isList = (block: string) => /^\s*([-*+]|\d+[.)])\s/.test(block);

/** Takes apart at the headings of level 2; deeper ones stay blocks of their section. */
export function partsOf(markdown: string): DraftParts {
  const parts: DraftParts = { intro: [], sections: [] };
  for (const block of blocksOf(markdown)) {
    const heading = headingOf(block);
    if (heading?.level === 2) parts.sections.push({ heading: heading.text, blocks: [] });
    else (parts.sections.at(-1)?.blocks ?? parts.intro).push(block);
  }
  return parts;
}

export function joinParts({ intro, sections }: DraftParts): string {
  const written = sections.flatMap(({ heading, blocks }) => [`## ${heading}`, ...blocks]);
  return [...intro, ...written].join('\n\n');
}

/** Sentences and lines of running text, in Latin and Chinese punctuation; joined they are the text again. */
export function sentencesOf(block: string): string[] {
  if (isCode(block) || isList(block) || headingOf(block)) return [block];
  return block.split(/(?<=[.!?]["'”’)*_]*\s+)(?=[^\s\p{Ll}])|(?<=[。！？]["”’」』）]*)(?=[^"”’」』）。！？])|(?<=\n)/u);
}

/** What is left of a text that was cut off anywhere: its whole sentences, or nothing. */
export const wholeSentences = (text: string) => sentencesOf(text).filter(isWhole).join('').trimEnd();

const isWhole = (sentence: string) => /[.!?。！？…:：]["'”’)」』*_]*\s*$/u.test(sentence);

/** Characters as if all were Latin: a Chinese sign says about as much as three letters. */
export const lengthOf = (text: string) => text.length + 2 * (text.match(/[\u2e80-\uffef]/g)?.length ?? 0);

/** The same words, whatever their case, marks and spacing. */
export const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
