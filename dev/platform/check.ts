import type { Page } from 'playwright-core';
import type { Platform, PostToPrepare } from '../../src/domain/platforms/index.ts';
import { observeParts } from '../../src/domain/platforms/locate.ts';
import type { SeenPart } from '../../src/domain/platforms/locate.ts';
import { AppError } from '../../src/errors.ts';

/**
 * Runs an adapter up to its click, on a page that is logged in, and tells which candidate of each part of the pages was
 * there. Publishes nothing unless told; a draft stays where the platform has drafts.
 */
export async function checkPlatform(page: Page, { platform, selectors, post, publish }: PlatformCheck) {
  const parts = new Map<string, SeenPart>();
  observeParts(page, (seen) => void parts.set(seen.name, merged(seen, parts.get(seen.name))));
  const steps: Step[] = [];
  const step = async <T>(name: string, run: () => Promise<T>): Promise<T | null> => {
    try {
      const result = await run();
      steps.push({ name, error: null });
      return result;
    } catch (error) {
      steps.push({ name, error: error instanceof Error ? error : new Error(String(error)) });
      return null;
    }
  };

  const since = new Date();
  const loggedIn = await step('login', async () => (await platform.checkLogin(page), true));
  const prepared = loggedIn === null ? null : await step('prepare', () => platform.prepare(page, post));
  const draftId = prepared?.draftId ?? null;
  if (prepared) {
    await step(publish ? 'publish' : 'up to the click', () => commit(page, { platform, post, draftId, publish }));
    const sought = { draftId, title: post.title, content: post, since, waitMs: 0 };
    await step('settle', () => platform.settle(page, sought));
  }
  const notMet = Object.keys(selectors).filter((name) => !parts.has(name));
  return { steps, parts: [...parts.values()], notMet, hasDrifted: steps.some(({ error }) => error !== null) };
}

export type PlatformCheck = {
  platform: Platform;
  selectors: Readonly<Record<string, readonly string[]>>;
  post: PostToPrepare;
  /** Goes through with the click. */
  publish: boolean;
};

export type Step = { name: string; error: Error | null };
export type Checked = Awaited<ReturnType<typeof checkPlatform>>;

/** The name of what has changed, when that is what went wrong. */
export const driftedPart = ({ error }: Step): string | null =>
  error instanceof AppError && error.code === 'selector_drift' ? String(error.details?.['selector']) : null;

type Commit = Pick<PlatformCheck, 'platform' | 'post' | 'publish'> & { draftId: string | null };

async function commit(page: Page, { platform, post, draftId, publish }: Commit): Promise<void> {
  const stopped = new Error('stopped before the click');
  const aboutToClick = () => (publish ? Promise.resolve() : Promise.reject(stopped));
  try {
    await platform.commit(page, { draftId, content: post, aboutToClick });
  } catch (error) {
    if (error !== stopped) throw error;
  }
}

/** A part that is looked for more than once: a candidate that was ever there is not dead. */
function merged(seen: SeenPart, before: SeenPart | undefined): SeenPart {
  const matched = new Set([...(before?.matched ?? []), ...seen.matched]);
  const dead = [...seen.dead, ...(before?.dead ?? [])].filter((candidate) => !matched.has(candidate));
  return { name: seen.name, matched: [...matched], dead: [...new Set(dead)] };
}
