import type { Outline } from '../../entities/article.ts';
import { isCode, joinParts, partsOf, sentencesOf, wordsOf } from './draft-text.ts';
import type { DraftParts, DraftSection } from './draft-text.ts';

/**
 * Makes an article of whatever there is: every sentence once, at least two headings, text under each of them. A draft
 * without findings comes back as it was.
 */
export function repairDraft(markdown: string, outline: Outline): string {
  const parts = withoutRepetition(partsOf(markdown));
  return joinParts(parts.sections.length >= 2 ? filled(parts, outline) : underHeadings(parts, outline));
}

function withoutRepetition({ intro, sections }: DraftParts): DraftParts {
  const seen = new Set<string>();
  const isNew = (sentence: string) => {
    const words = wordsOf(sentence);
    return words === '' || (!seen.has(words) && Boolean(seen.add(words)));
  };
  const once = (blocks: string[]) =>
    blocks
      .map((block) => (isCode(block) ? block : sentencesOf(block).filter(isNew).join('').trimEnd()))
      .filter((block) => block !== '');
  return { intro: once(intro), sections: sections.map(({ heading, blocks }) => ({ heading, blocks: once(blocks) })) };
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

/** Shares the paragraphs out, in their order, under the headings of the outline. */
function underHeadings({ intro, sections }: DraftParts, outline: Outline): DraftParts {
  const blocks = [...intro, ...sections.flatMap((section) => section.blocks)];
  const each = Math.max(1, Math.ceil(blocks.length / outline.sections.length));
  return {
    intro: [],
    sections: outline.sections.map(({ heading, point }, index) => {
      const own = blocks.slice(index * each, (index + 1) * each);
      return { heading, blocks: own.length > 0 ? own : [point === '' ? `${heading}.` : point] };
    }),
  };
}
