import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Patience } from '../patience.ts';
import { part } from './part.ts';
import { selectors } from './selectors.ts';
import { visit } from './visit.ts';

/** Opens the account's own notes. @throws AppError `selector_drift` when neither notes nor "none" is to be seen */
export async function openNoteList(page: Page, { openMs, findMs }: Patience): Promise<void> {
  await visit(page, 'new/note-manager', openMs);
  await part(page, 'noteList', findMs);
  await part(page, 'noteListed', findMs);
}

/** The newest of the account's notes, newest first. Read-only. */
export async function readNoteList(page: Page, patience: Patience): Promise<ListedNote[]> {
  await openNoteList(page, patience);
  const cards = await page.evaluate(readInPage, selectors.noteListed[0]);
  return cards.map(({ impression, title, time }) => ({
    id: noteTarget.parse(JSON.parse(impression)).noteTarget.value.noteId,
    title: title.trim(),
    publishedAtMs: timeOf(time),
  }));
}

/** `title` is empty for a fresh one; `publishedAtMs` is of a full minute, and null when it is not to be read. */
export type ListedNote = { id: string; title: string; publishedAtMs: number | null };

const noteTarget = z.object({ noteTarget: z.object({ value: z.object({ noteId: z.string() }) }) });

/** Runs in the page. */
function readInPage(cards: string): { impression: string; title: string; time: string }[] {
  return [...document.querySelectorAll<HTMLElement>(cards)].map((card) => ({
    impression: card.dataset['impression'] ?? '',
    title: card.querySelector('.title')?.textContent ?? '',
    time: card.querySelector('.time')?.textContent ?? '',
  }));
}

/** "发布于 2026年11月28日 20:30": the time of Shanghai, which knows no summer time. */
function timeOf(text: string): number | null {
  const found = /(\d{4})年(\d{1,2})月(\d{1,2})日\s*(\d{1,2}):(\d{2})/.exec(text);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour - 8, minute);
}
