import { patience as usual } from '../patience.ts';
import type { Patience } from '../patience.ts';
import type { Platform } from '../platform.ts';
import { fetchAnalytics } from './analytics.ts';
import { commit } from './commit.ts';
import { xiaohongshuDescription } from './description.ts';
import { login } from './login.ts';
import { openPublishPage, prepare } from './prepare.ts';
import { settle } from './settle.ts';
import type { Lag } from './settle.ts';

/** Xiaohongshu image notes through the creator's pages. Tried on a fixture alone: see `verified` in the description. */
export function xiaohongshuWith(patience: Patience, lag: Lag): Platform<null> {
  return {
    checkLogin: (page) => openPublishPage(page, patience),
    prepare: (page, post) => prepare(page, post, patience),
    commit: (page, draft) => commit(page, draft, patience),
    settle: (page, post) => settle(page, post, { ...patience, lag }),
    fetchAnalytics: (page, postIds) => fetchAnalytics(page, postIds, patience),
    login,
  };
}

/** A look may take no longer than its activity has. */
const lag = { listLagMs: xiaohongshuDescription.listLagMs, lookMs: 90_000 };

export const xiaohongshu: Platform<null> = xiaohongshuWith(usual, lag);
