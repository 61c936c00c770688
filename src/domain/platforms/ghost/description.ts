import { atOnce, selfHostedRisk } from '../pace.ts';
import type { PlatformDescription } from '../platform.ts';

/**
 * A Ghost title has 255 characters at most. The other limits keep a post within what its editor carries with ease. Ghost 5
 * counts no views of a page, and the sites that do ask others to do it: there are no numbers to collect.
 */
export const ghostDescription: PlatformDescription = {
  id: 'ghost',
  name: 'Ghost',
  limits: {
    titleCharacters: 255,
    titleWidth: null,
    bodyCharacters: 500_000,
    bodyAs: 'markdown',
    tags: 50,
    images: 100,
    imagesAtLeast: 0,
    image: { formats: ['jpeg', 'png', 'webp', 'gif'], maxBytes: 8_000_000, maxEdge: 4096, aspect: null },
  },
  abilities: { drafts: true, cover: true, tags: true, scheduling: false, analytics: false, aiDeclaration: false },
  pace: atOnce,
  risk: selfHostedRisk,
  selfHosted: true,
  hosts: {
    allowed: [],
    blocked: [
      'gravatar.com',
      'fonts.googleapis.com',
      'fonts.gstatic.com',
      'fonts.bunny.net',
      'sentry.io',
      'static.ghost.org',
      'cdn.jsdelivr.net',
      'google-analytics.com',
      'googletagmanager.com',
    ],
  },
  site: null,
  verified: 'real',
  listLagMs: 0,
};
