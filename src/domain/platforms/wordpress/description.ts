import { atOnce, selfHostedRisk } from '../pace.ts';
import type { PlatformDescription } from '../platform.ts';

/**
 * WordPress itself has nearly no limits (a title may be 64 KB); these keep a post within what its editor carries with
 * ease and its address (200 bytes of the title) can show. 2 MB is what PHP takes as a file unless told otherwise.
 */
export const wordpressDescription: PlatformDescription = {
  id: 'wordpress',
  name: 'WordPress',
  limits: {
    titleCharacters: 250,
    titleWidth: null,
    bodyCharacters: 500_000,
    bodyAs: 'markdown',
    tags: 50,
    images: 100,
    imagesAtLeast: 0,
    image: { formats: ['jpeg', 'png', 'webp', 'gif'], maxBytes: 2_000_000, maxEdge: 4096, aspect: null },
  },
  abilities: { drafts: true, cover: true, tags: true, scheduling: false, analytics: true, aiDeclaration: false },
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
    // Asked anew with each editor: a test of compression, and patterns to choose from.
    unneeded: ['*action=wp-compression-test*', '*/block-patterns/*', '*/wp_pattern_category*'],
  },
  preferenceCookies: ['wp-settings-'],
  site: null,
  verified: 'real',
  listLagMs: 0,
};
