/** What every platform's adapter must do, whatever the platform: each registers these as tests of its own. */
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Platform, PostContent } from '../src/domain/platforms/index.ts';

/** A platform that is the tests' own, with what a person could see of it. */
export type ContractPlace = {
  platform: Platform;
  page(): Promise<Page>;
  loggedOutPage(): Promise<Page>;
  /** How often the post of this title is public; two is what must never happen. */
  timesPublic(title: string): Promise<number>;
  /** From now on the answer to a publish click is lost, after the platform has stored the post. */
  loseAnswers(page: Page): Promise<void>;
  closePages(): Promise<void>;
  close(): Promise<void>;
};

export type ContractTraits = {
  /** Whether a post has an id before it is public. */
  drafts: boolean;
  /** What the absence of a post in the list proves, right after the click. */
  absent: 'not_published' | 'unknown';
  /** A picture, for platforms whose posts need one. */
  cover?: { name: string; contentType: string; bytes: Uint8Array };
};

export function platformContract(open: () => Promise<ContractPlace>, { drafts, absent, cover }: ContractTraits): void {
  let place: ContractPlace;
  beforeAll(async () => {
    place = await open();
  });
  afterEach(() => place.closePages());
  afterAll(() => place.close());

  let made = 0;
  const aPost = (): PostContent => {
    made += 1;
    return { title: `约 ${made} ${Date.now() % 100_000}`, markdown: 'First *words*.\n\nSecond ones.', tags: [] };
  };
  const prepare = (page: Page, content: PostContent, draftId: string | null = null) =>
    place.platform.prepare(page, { ...content, cover: cover ?? null, draftId });

  test('an account that is not logged in is told so, and nothing else happens', async () => {
    const page = await place.loggedOutPage();
    const content = aPost();
    const needsLogin = { code: 'needs_login' };
    await expect(place.platform.checkLogin(page)).rejects.toMatchObject(needsLogin);
    await expect(prepare(page, content)).rejects.toMatchObject(needsLogin);
    await expect(place.platform.settle(page, sought(content, null))).rejects.toMatchObject(needsLogin);
  });

  test('an account that is logged in passes the check', async () => {
    await expect(place.platform.checkLogin(await place.page())).resolves.toBeUndefined();
  });

  test('preparing publishes nothing, may be repeated, and goes on with the draft that there is', async () => {
    const page = await place.page();
    const content = aPost();
    const { draftId } = await prepare(page, content);
    expect(draftId).toEqual(drafts ? expect.any(String) : null);
    await expect(prepare(await place.page(), content, draftId)).resolves.toEqual({ draftId });
    await expect(place.timesPublic(content.title)).resolves.toBe(0);
    await expect(place.platform.settle(page, sought(content, draftId))).resolves.toMatchObject({ outcome: absent });
  });

  test('the click comes once, after it was announced, and settling finds the same post', async () => {
    const page = await place.page();
    const content = aPost();
    const since = new Date();
    const { draftId } = await prepare(page, content);
    const aboutToClick = jest.fn(async () => expect(await place.timesPublic(content.title)).toBe(0));
    const post = await place.platform.commit(page, { draftId, content, aboutToClick });
    expect(aboutToClick).toHaveBeenCalledTimes(1);
    expect(post.url).toMatch(/^http/);
    await expect(place.timesPublic(content.title)).resolves.toBe(1);
    await expect(place.platform.settle(page, sought(content, draftId, since))).resolves.toEqual({
      outcome: 'published',
      ...post,
    });
  });

  test('nothing is clicked when the announcement is refused', async () => {
    const page = await place.page();
    const content = aPost();
    const { draftId } = await prepare(page, content);
    await expect(place.platform.commit(page, { draftId, content, aboutToClick: refused })).rejects.toThrow(
      'the round is over',
    );
    await expect(place.timesPublic(content.title)).resolves.toBe(0);
  });

  test('an answer that was lost is an error, never a second click, and settling finds the post', async () => {
    const page = await place.page();
    const content = aPost();
    const since = new Date();
    const { draftId } = await prepare(page, content);
    await place.loseAnswers(page);
    const committed = place.platform.commit(page, { draftId, content, aboutToClick: async () => {} });
    await expect(committed).rejects.toMatchObject({ code: expect.stringMatching(/^upstream_/) });
    const found = await place.platform.settle(await place.page(), sought(content, draftId, since));
    expect(found).toMatchObject({ outcome: 'published', url: expect.stringMatching(/^http/) });
    await expect(place.timesPublic(content.title)).resolves.toBe(1);
  });

  test('numbers of posts that there are not, are left out', async () => {
    await expect(place.platform.fetchAnalytics(await place.page(), ['123456789'])).resolves.toEqual([]);
  });
}

const sought = (content: PostContent, draftId: string | null, since = new Date()) => ({
  draftId,
  title: content.title,
  content,
  since,
  waitMs: 0,
});

const refused = () => Promise.reject(new Error('the round is over'));
