import type { Platform, PlatformDescription } from '../platform.ts';
import { fetchAnalytics } from './analytics.ts';
import { commit } from './commit.ts';
import { openEditor } from './editor.ts';
import { patience as usual } from './patience.ts';
import type { Patience } from './patience.ts';
import { prepare } from './prepare.ts';
import { settle } from './settle.ts';

/** WordPress (6.5 tried) through its block editor, with the rights of an author or more. */
export function wordpressWith(patience: Patience): Platform {
  return {
    describe: description,
    checkLogin: async (page) => {
      await openEditor(page, null, patience);
    },
    prepare: (page, post) => prepare(page, post, patience),
    commit: (page, draft) => commit(page, draft, patience),
    settle: (page, post) => settle(page, post, patience),
    fetchAnalytics: (page, postIds) => fetchAnalytics(page, postIds, patience),
  };
}

/**
 * WordPress itself has nearly no limits (a title may be 64 KB); these keep a post within what its editor carries with
 * ease and its address (200 bytes of the title) can show.
 */
const description: PlatformDescription = {
  id: 'wordpress',
  name: 'WordPress',
  limits: { titleCharacters: 250, bodyCharacters: 500_000, tags: 50, images: 100 },
  abilities: { drafts: true, cover: true, tags: true, scheduling: false },
  selfHosted: true,
};

export const wordpress: Platform = wordpressWith(usual);
