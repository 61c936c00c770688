import type { Outline } from '../../entities/article.ts';
import { isCode, partsOf, sentencesOf, wordsOf } from './draft-text.ts';

/** What is wrong with a draft, as notes for the model that writes it again. Empty when it is fit to be published. */
export function findingsOf(markdown: string, outline: Outline): string[] {
  const { intro, sections } = partsOf(markdown);
  const findings: string[] = [];
  const headings = outline.sections.map(({ heading }) => heading);
  if (sections.length < 2) findings.push(`Use these headings: ${headings.join('; ')}.`);
  for (const { heading } of sections.filter(({ blocks }) => blocks.length === 0))
    findings.push(`Write about "${heading}".`);
  const blocks = [...intro, ...sections.flatMap((section) => section.blocks)];
  if (blocks.join('').length < FEWEST_CHARACTERS) findings.push('Write more.');
  if (repetitionOf(blocks) >= MOST_REPETITION) findings.push('Do not repeat sentences.');
  return findings;
}

const FEWEST_CHARACTERS = 120;

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
