import { patience as usual } from '../patience.ts';
import type { Patience } from '../patience.ts';
import type { Platform } from '../platform.ts';
import { fetchAnalytics } from './analytics.ts';
import { commit } from './commit.ts';
import { openNew } from './editor.ts';
import { login } from './login.ts';
import { prepare } from './prepare.ts';
import { settle } from './settle.ts';

/** Zhihu articles through their editor. Tried on a fixture alone: see `verified` in the description. */
export function zhihuWith(patience: Patience): Platform<string> {
  return {
    checkLogin: (page) => openNew(page, patience),
    prepare: (page, post) => prepare(page, post, patience),
    commit: (page, draft) => commit(page, draft, patience),
    settle: (page, post) => settle(page, post, patience),
    fetchAnalytics: (page, postIds) => fetchAnalytics(page, postIds, patience),
    login,
  };
}

export const zhihu: Platform<string> = zhihuWith(usual);
