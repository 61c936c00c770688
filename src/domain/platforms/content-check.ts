import { countImages, markdownToText } from './markdown.ts';
import { textWithTopics } from './plain-text.ts';
import type { PlatformDescription, Violation } from './platform.ts';

/** All the limits of a platform that a content breaks, so that a client can mend them in one go. Empty: it may go out. */
export function violationsOf({ name, limits, abilities }: PlatformDescription, content: ContentToCheck): Violation[] {
  const covers = content.coverMediaId === null ? 0 : 1;
  const images = countImages(content.markdown) + covers;
  return [
    atLeastOne('title', charactersOf(content.title.trim()), 'a title'),
    atMost('title', charactersOf(content.title.trim()), { limit: limits.titleCharacters, name, unit: 'characters' }),
    limits.titleWidth === null
      ? null
      : atMost('title', titleWidth(content.title.trim()), { limit: limits.titleWidth, name, unit: fullWidth }),
    atLeastOne('markdown', charactersOf(markdownToText(content.markdown)) + countImages(content.markdown), 'a text'),
    atMost('markdown', bodyCharacters(limits.bodyAs, content), {
      limit: limits.bodyCharacters,
      name,
      unit: limits.bodyAs === 'text' ? 'characters of text and topics' : 'characters',
    }),
    atMost('tags', content.tags.length, { limit: abilities.tags ? limits.tags : 0, name, unit: 'tags' }),
    ...content.tags.map((tag, at) => atLeastOne(`tags.${at}`, charactersOf(tag.trim()), 'a word in every tag')),
    atMost('coverMediaId', covers, { limit: abilities.cover ? 1 : 0, name, unit: 'covers' }),
    atMost('images', images, { limit: limits.images, name, unit: 'images' }),
    images < limits.imagesAtLeast
      ? { field: 'images', limit: limits.imagesAtLeast, actual: images, message: `A post on ${name} needs an image.` }
      : null,
  ].filter((violation) => violation !== null);
}

export type ContentToCheck = {
  title: string;
  markdown: string;
  tags: readonly string[];
  coverMediaId: string | null;
};

type Limit = { limit: number; name: string; unit: string };

const atMost = (field: string, actual: number, { limit, name, unit }: Limit): Violation | null =>
  actual > limit ? { field, limit, actual, message: `${name} takes at most ${limit} ${unit}.` } : null;

const atLeastOne = (field: string, actual: number, what: string): Violation | null =>
  actual === 0 ? { field, limit: 1, actual, message: `A post needs ${what}.` } : null;

/** How wide a title is, as Chinese platforms count: 1 for a full-width character, half for a narrow one, rounded up. */
export const titleWidth = (title: string): number =>
  Math.ceil(charactersOf(title) - (title.match(/[\x20-\x7e]/g) ?? []).length / 2);

const fullWidth = 'full-width characters (a narrow one is half)';

const bodyCharacters = (as: PlatformDescription['limits']['bodyAs'], content: ContentToCheck): number =>
  charactersOf(as === 'text' ? textWithTopics(content) : content.markdown);

/** As people count: one for each emoji or Chinese character, which may be two units in UTF-16. */
const charactersOf = (text: string): number => text.replaceAll(/[\u{10000}-\u{10FFFF}]/gu, '.').length;
