import type { Page } from 'playwright-core';
import { z } from 'zod';
import { capturedAnswer } from '../captured-answer.ts';
import { locate } from '../locate.ts';
import type { Patience } from '../patience.ts';
import type { PostNumbers } from '../platform.ts';
import { visit } from './visit.ts';

/** Views and comments from the answers to the page's own requests: they are signed, and another would get none. */
export async function fetchAnalytics(
  page: Page,
  postIds: readonly string[],
  { openMs, findMs, answerMs }: Patience,
): Promise<PostNumbers[]> {
  const wanted = new Set(postIds);
  const numbers: PostNumbers[] = [];
  if (wanted.size === 0) return numbers;
  const pageAfter = (act: () => Promise<void>) =>
    capturedAnswer(page, {
      act,
      isSent: (request) => request.url().includes('/api/galaxy/creator/datacenter/note/analyze/list'),
      answer: analyzed,
      answerMs,
      to: "Xiaohongshu's own request for numbers",
    });

  let { data } = await pageAfter(() => visit(page, 'statistics/data-analysis', openMs));
  for (let seen = data.note_infos.length; ; seen += data.note_infos.length) {
    const found = data.note_infos.filter(({ id }) => wanted.delete(id));
    numbers.push(
      ...found.map(({ id, read_count: views, comment_count: comments }) => ({ postId: id, views, comments })),
    );
    if (wanted.size === 0 || seen >= data.total || data.note_infos.length === 0) return numbers;
    const next = await locate(page, {
      platform: 'xiaohongshu',
      name: 'nextPage',
      candidates: nextPage,
      timeoutMs: findMs,
    });
    ({ data } = await pageAfter(() => next.click({ timeout: findMs })));
  }
}

const nextPage = ['button.next-page', '.d-pagination-next'];

const analyzed = z.object({
  data: z.object({
    note_infos: z.array(z.object({ id: z.string(), read_count: z.int(), comment_count: z.int() })),
    total: z.int(),
  }),
});
