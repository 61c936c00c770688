import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { clockSkewMs, lookUntilFound } from '../look-until-found.ts';
import { openPage } from '../open-page.ts';
import type { Patience } from '../patience.ts';
import { textWithTopics } from '../plain-text.ts';
import { titleOf } from '../plain-title.ts';
import type { PostContent, PostToSettle, Settlement } from '../platform.ts';
import { squeezed } from './filled-page.ts';
import { readNoteList } from './note-list.ts';
import type { ListedNote } from './note-list.ts';
import { noteText } from './selectors.ts';
import { noteUrl } from './visit.ts';

export type Lag = {
  /** Until so long after the click a note may be public and not listed: absence proves nothing. */
  listLagMs: number;
  /** How long to look for one that may be late, at most. */
  lookMs: number;
};

/**
 * Among the account's newest notes: one that is not older than the click and whose own page has our title and text. Absent
 * while the list may lag is unknown, for a person to decide; a second note would be worse.
 */
export function settle(page: Page, post: PostToSettle, { lag, ...patience }: Patience & { lag: Lag }) {
  const certainAtMs = post.since.getTime() + lag.listLagMs;
  const waitMs = Math.max(post.waitMs, Math.min(certainAtMs - Date.now(), lag.lookMs));
  return lookUntilFound(() => look(page, { post, certainAtMs }, patience), { waitMs, pollMs: patience.pollMs });
}

type Look = { post: PostToSettle; certainAtMs: number };

async function look(page: Page, { post, certainAtMs }: Look, patience: Patience): Promise<Settlement> {
  const { content, since } = post;
  const notes = (await readNoteList(page, patience)).filter((note) => mayBe(note, post, since.getTime() - clockSkewMs));
  const unread: string[] = [];
  for (const { id } of notes) {
    const text = await readNote(page, id, patience.openMs);
    if (text === null || !content) unread.push(id);
    else if (isSame(text, content)) return { outcome: 'published', postId: id, url: noteUrl(page, id) };
  }
  if (unread.length > 0) return unknown(`it may be one of ${unread.join(', ')}, which could not be read`);
  if (Date.now() < certainAtMs) return unknown('its list does not show the note, and may be late');
  return { outcome: 'not_published' };
}

const unknown = (why: string): Settlement => ({ outcome: 'unknown', reason: `Xiaohongshu: ${why}.` });

/** The list knows minutes, and of a fresh note no title. */
function mayBe({ title, publishedAtMs }: ListedNote, post: PostToSettle, sinceMs: number): boolean {
  const isOld = publishedAtMs !== null && publishedAtMs + 60_000 < sinceMs;
  return !isOld && (title === '' || title === titleOf(post.title));
}

type NoteText = { title: string; text: string };

/** The note's own page; null when it does not show it, as while the platform looks at it. */
async function readNote(page: Page, id: string, timeoutMs: number): Promise<NoteText | null> {
  try {
    await openPage(page, { platform: 'xiaohongshu', path: noteUrl(page, id), timeoutMs });
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
  return page.evaluate(({ title, text }) => {
    const words = document.querySelector(text);
    return words && { title: document.querySelector(title)?.textContent ?? '', text: words.textContent ?? '' };
  }, noteText);
}

const isSame = (seen: NoteText, content: PostContent): boolean =>
  squeezed(seen.title) === squeezed(content.title) && squeezed(seen.text) === squeezed(textWithTopics(content));
