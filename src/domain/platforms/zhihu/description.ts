import type { PlatformDescription } from '../platform.ts';

/** Limits as the editor's own words and open tools tell them; not tried on the live site. */
export const zhihuDescription: PlatformDescription = {
  id: 'zhihu',
  name: 'Zhihu',
  limits: {
    titleCharacters: 100,
    titleWidth: null,
    bodyCharacters: 100_000,
    bodyAs: 'markdown',
    tags: 0,
    images: 100,
    imagesAtLeast: 0,
    image: { formats: ['jpeg', 'png', 'gif'], maxBytes: 5_000_000, maxEdge: 4096, aspect: null },
  },
  abilities: { drafts: true, cover: true, tags: false, scheduling: false, analytics: true, aiDeclaration: true },
  pace: { minGapMs: 60_000, perDay: 50, jitterMs: 30_000 },
  risk: { signals: [{ name: 'rate_limited', status: 429 }], coolDownMs: 1_800_000, mostCoolDownMs: 86_400_000 },
  selfHosted: false,
  hosts: { allowed: ['zhihu.com', 'zhimg.com'], blocked: [] },
  site: 'https://zhuanlan.zhihu.com',
  verified: 'fixtures',
  // A post has its id before it is public, so what is read by id is the truth.
  listLagMs: 0,
};
