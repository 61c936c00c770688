import type { Platform } from '../platform.ts';
import { fetchAnalytics } from './analytics.ts';
import { commit } from './commit.ts';
import { openEditor } from './editor.ts';
import { patience as usual } from '../patience.ts';
import type { Patience } from '../patience.ts';
import { prepare } from './prepare.ts';
import { settle } from './settle.ts';

/** WordPress (6.5 tried) through its block editor, with the rights of an author or more. */
export function wordpressWith(patience: Patience): Platform<string> {
  return {
    checkLogin: async (page) => {
      await openEditor(page, null, patience);
    },
    prepare: (page, post) => prepare(page, post, patience),
    commit: (page, draft) => commit(page, draft, patience),
    settle: (page, post) => settle(page, post, patience),
    fetchAnalytics: (page, postIds) => fetchAnalytics(page, postIds, patience),
  };
}

export const wordpress: Platform<string> = wordpressWith(usual);
