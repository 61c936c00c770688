import { patience as usual } from '../patience.ts';
import type { Patience } from '../patience.ts';
import type { Platform } from '../platform.ts';
import { commit } from './commit.ts';
import { openNewPost } from './editor.ts';
import { prepare } from './prepare.ts';
import { settle } from './settle.ts';

/** Ghost 5 (5.130 tried) through its editor, with the rights of an author or more. */
export function ghostWith(patience: Patience): Platform<string> {
  return {
    checkLogin: async (page) => (await openNewPost(page, patience)).mayPublish,
    prepare: (page, post) => prepare(page, post, patience),
    commit: (page, draft) => commit(page, draft, patience),
    settle: (page, post) => settle(page, post, patience),
    // Ghost 5 counts nothing: an empty answer is the whole truth, and a zero would be a lie.
    fetchAnalytics: () => Promise.resolve([]),
  };
}

export const ghost: Platform<string> = ghostWith(usual);
