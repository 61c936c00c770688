import { atOnce, selfHostedRisk } from '../pace.ts';
import type { PlatformDescription } from '../platform.ts';

/**
 * WordPress itself has nearly no limits (a title may be 64 KB); these keep a post within what its editor carries with
 * ease and its address (200 bytes of the title) can show.
 */
export const wordpressDescription: PlatformDescription = {
  id: 'wordpress',
  name: 'WordPress',
  limits: { titleCharacters: 250, bodyCharacters: 500_000, tags: 50, images: 100 },
  abilities: { drafts: true, cover: true, tags: true, scheduling: false, analytics: true },
  pace: atOnce,
  risk: selfHostedRisk,
  selfHosted: true,
  hosts: {
    allowed: [],
    blocked: [
      'gravatar.com',
      'fonts.googleapis.com',
      'fonts.gstatic.com',
      's.w.org', // pictures of emoji
      'api.wordpress.org',
      'planet.wordpress.org',
      'stats.wp.com',
      'pixel.wp.com',
      'google-analytics.com',
      'googletagmanager.com',
    ],
  },
};
