import type { Outline } from '../../entities/article.ts';
import { headingOf, isCode, joinParts, lengthOf, partsOf, sentencesOf, wordsOf } from './draft-text.ts';
import type { DraftParts, DraftSection } from './draft-text.ts';

/**
 * Makes an article of whatever there is: every sentence once, at least two headings, text under each of them. A draft
 * without findings comes back as it was.
 */
export function repairDraft(markdown: string, outline: Outline): string {
  const parts = withoutRepetition(partsOf(markdown));
  return joinParts(parts.sections.length >= 2 ? filled(parts, outline) : underHeadings(parts, outline));
}

/** A section whose heading stood there before goes on in the section before it. */
function withoutRepetition({ intro, sections }: DraftParts): DraftParts {
  const seen = new Set<string>();
  const isNew = (text: string) => {
    const words = wordsOf(text);
    return lengthOf(words) < FEWEST_CHARACTERS || (!seen.has(words) && Boolean(seen.add(words)));
  };
  const once = (blocks: string[]) =>
    withoutBareHeadings(
      blocks.map((block) => (isCode(block) ? block : sentencesOf(block).filter(isNew).join('').trimEnd())),
    );
  const headings = new Set<string>();
  const isNewHeading = (heading: string) => !headings.has(wordsOf(heading)) && Boolean(headings.add(wordsOf(heading)));
  const parts: DraftParts = { intro: once(intro), sections: [] };
  for (const { heading, blocks } of sections) {
    if (isNewHeading(heading)) parts.sections.push({ heading, blocks: once(blocks) });
    else (parts.sections.at(-1)?.blocks ?? parts.intro).push(...once(blocks));
  }
  return parts;
}

/** Shorter ones, as "Yes." or "E.g.", may come back. */
const FEWEST_CHARACTERS = 12;

/** Drops empty blocks, and headings within a section that nothing follows. */
function withoutBareHeadings(blocks: string[]): string[] {
  const left = blocks.filter((block) => block !== '');
  return left.filter((block, index) => {
    const next = left[index + 1];
    return !headingOf(block) || (next !== undefined && !headingOf(next));
  });
}

/** An empty section says at least what the outline wanted of it. */
function filled({ intro, sections }: DraftParts, outline: Outline): DraftParts {
  const fill = ({ heading, blocks }: DraftSection): DraftSection => {
    if (blocks.length > 0) return { heading, blocks };
    const planned = outline.sections.find((section) => wordsOf(section.heading) === wordsOf(heading));
    return { heading, blocks: planned && planned.point !== '' ? [planned.point] : [] };
  };
  const whole = sections.map(fill).filter(({ blocks }) => blocks.length > 0);
  return whole.length >= 2 ? { intro, sections: whole } : underHeadings({ intro, sections: whole }, outline);
}

/**
 * Shares the paragraphs out, in their order, under the headings of the outline; where they are too few, the sentences.
 * A heading for which nothing is left is left out, down to two.
 */
function underHeadings({ intro, sections }: DraftParts, outline: Outline): DraftParts {
  const blocks = [...intro, ...sections.flatMap((section) => section.blocks)];
  const inSentences = blocks.length < outline.sections.length;
  const pieces = inSentences ? blocks.flatMap((block) => sentencesOf(`${block} `)) : blocks;
  const headed = outline.sections.slice(0, Math.max(2, pieces.length));
  const start = (index: number) => Math.ceil((index * pieces.length) / headed.length);
  return {
    intro: [],
    sections: headed.map(({ heading, point }, index) => {
      const own = pieces.slice(start(index), start(index + 1));
      if (own.length === 0) return { heading, blocks: [point === '' ? `${heading}.` : point] };
      return { heading, blocks: inSentences ? [own.join('').trimEnd()] : own };
    }),
  };
}
