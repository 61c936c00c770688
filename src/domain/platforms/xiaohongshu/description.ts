import type { PlatformDescription } from '../platform.ts';

/** Image notes. Limits as the page's own words and open tools tell them; not tried on the live site. */
export const xiaohongshuDescription: PlatformDescription = {
  id: 'xiaohongshu',
  name: 'Xiaohongshu',
  limits: {
    titleCharacters: 40,
    titleWidth: 20,
    bodyCharacters: 1000,
    bodyAs: 'text',
    tags: 10,
    images: 9,
    imagesAtLeast: 1,
    image: { formats: ['jpeg', 'png', 'webp'], maxBytes: 10_000_000, maxEdge: 4096, aspect: { min: 0.75, max: 4 / 3 } },
  },
  abilities: { drafts: false, cover: true, tags: true, scheduling: false, analytics: true, aiDeclaration: true },
  // Tools say about 50 notes a day; a person who writes them is slower by far.
  pace: { minGapMs: 120_000, perDay: 40, jitterMs: 60_000 },
  risk: {
    signals: [{ name: 'account_restricted', address: 'website-login/error' }],
    coolDownMs: 3_600_000,
    mostCoolDownMs: 86_400_000,
  },
  selfHosted: false,
  hosts: { allowed: ['xiaohongshu.com', 'xhscdn.com'], blocked: [] },
  site: 'https://creator.xiaohongshu.com',
  verified: 'fixtures',
  // Nobody says how long; a note that is looked for too early and sent again would be there twice.
  listLagMs: 600_000,
};
