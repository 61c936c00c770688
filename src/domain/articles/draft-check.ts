import type { Outline } from '../../entities/article.ts';
import { isCode, lengthOf, partsOf, sentencesOf, wordsOf } from './draft-text.ts';
import type { DraftSection } from './draft-text.ts';

/** What is wrong with a draft, as notes for the model that writes it again. Empty when it is fit to be published. */
export function findingsOf(markdown: string, outline: Outline): string[] {
  const { intro, sections } = partsOf(markdown);
  const findings: string[] = [];
  const headings = outline.sections.map(({ heading }) => heading);
  if (sections.length < 2) findings.push(`Use these headings: ${headings.join('; ')}.`);
  for (const { heading } of sections.filter((section) => isHollow(section, outline))) {
    findings.push(`Write about "${heading}".`);
  }
  const blocks = [...intro, ...sections.flatMap((section) => section.blocks)];
  if (lengthOf(blocks.join('')) < FEWEST_CHARACTERS) findings.push('Write more.');
  if (repetitionOf(blocks) >= MOST_REPETITION) findings.push('Do not repeat sentences.');
  return [...new Set(findings)].slice(0, MOST_FINDINGS);
}

/** As many as a small model can mind. */
const MOST_FINDINGS = 4;

/** A few sentences, in Latin letters. */
const FEWEST_CHARACTERS = 200;

/** Nothing under the heading, or only what the outline said should be there. */
function isHollow({ blocks }: DraftSection, outline: Outline): boolean {
  const text = wordsOf(blocks.join(' '));
  return text === '' || outline.sections.some(({ point }) => wordsOf(point) === text);
}

/** A refrain is fine; a model that goes in circles is not. */
const MOST_REPETITION = 0.25;

/** The share of the sentences that stood there before, 0 to 1. */
function repetitionOf(blocks: string[]): number {
  const sentences = blocks
    .filter((block) => !isCode(block))
    .flatMap(sentencesOf)
    .map(wordsOf)
    .filter((words) => words !== '');
  return sentences.length === 0 ? 0 : 1 - new Set(sentences).size / sentences.length;
}
