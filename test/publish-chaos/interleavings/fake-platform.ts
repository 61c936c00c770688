/**
 * A platform without drafts, which makes a post of every click that arrives, and browsers that die, dawdle and lose answers
 * by the dice of each publication's plan.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Services } from '../../../src/services.ts';
import type { Moment, Plan } from './plan.ts';

export type Post = { text: string; clickedAtMs: number };

type Life = {
  plan: Plan;
  filled: string;
  posts: Post[];
  reached: (moment: Moment) => void;
  /** Clicks that are on the wire. */
  underWay: Promise<void>[];
};

export function fakePlatform({ publishing }: Pick<Services, 'publishing'>) {
  const lives = new Map<string, Life>();
  function lifeOf(publicationId: string): Life {
    const life = lives.get(publicationId);
    if (!life) throw new Error('unreachable: every publication is born before its run');
    return life;
  }

  async function click({ plan, posts, filled: text, underWay }: Life): Promise<void> {
    const clickedAtMs = Date.now();
    const post = () => void posts.push({ text, clickedAtMs });
    const dice = plan.random();
    if (dice < 0.15) throw lost(); // it never arrives
    if (dice < 0.3) {
      underWay.push(sleep(20 + plan.random() * 100).then(post));
      throw lost();
    }
    await sleep(plan.random() * 10);
    post();
    if (dice < 0.5) throw lost();
  }

  const browser = {
    async preparePost({ publicationId }: { publicationId: string }): Promise<void> {
      const life = lifeOf(publicationId);
      life.reached('preparing');
      const { publication } = await publishing.forBrowser(publicationId);
      await sleep(life.plan.random() * 30);
      const dice = life.plan.random();
      if (dice < 0.05) throw ApplicationFailure.nonRetryable('the browser died', 'browser_lost');
      if (dice < 0.08) throw ApplicationFailure.nonRetryable('all at work', 'browser_busy');
      if (dice < 0.1) throw ApplicationFailure.nonRetryable('not allowed there', 'forbidden');
      life.filled = publication.content.markdown;
      life.reached('prepared');
    },

    async commitPost({ publicationId, round }: { publicationId: string; round: number }) {
      const life = lifeOf(publicationId);
      await sleep(life.plan.random() * 10);
      if (life.plan.random() < 0.1) throw ApplicationFailure.nonRetryable('the browser died', 'browser_lost');
      life.reached('gate');
      await publishing.gate.pass(publicationId, round);
      life.reached('clicked');
      await click(life);
      return { postId: '7', url: 'https://site.example/7' };
    },

    async settlePost({ publicationId }: { publicationId: string }) {
      const life = lifeOf(publicationId);
      life.reached('settling');
      if (life.plan.random() < 0.1) throw ApplicationFailure.nonRetryable('the browser died', 'browser_lost');
      await Promise.all(life.underWay); // as a settling does that waits for long enough
      const [post] = life.posts;
      return post ? { outcome: 'published', postId: '7', url: 'https://site.example/7' } : { outcome: 'not_published' };
    },
  };

  return {
    browser,
    born(publicationId: string, plan: Plan, reached: Life['reached']): void {
      lives.set(publicationId, { plan, filled: '', posts: [], reached, underWay: [] });
    },
    async posts(publicationId: string): Promise<readonly Post[]> {
      const { posts, underWay } = lifeOf(publicationId);
      await Promise.all(underWay);
      return posts;
    },
    forget: (publicationId: string) => void lives.delete(publicationId),
  };
}

export type FakePlatform = ReturnType<typeof fakePlatform>;

const lost = () => ApplicationFailure.nonRetryable('the answer was lost', 'upstream_failed');
