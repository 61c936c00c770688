/** The whole application between browsers and sites that lose answers, with accounts on each site. */
import { cuttingProxy } from '../cutting-proxy.ts';
import { killPlace } from '../kill-place.ts';
import { bloggers } from './bloggers.ts';
import { brokenAnswers } from './broken-answers.ts';
import { ghostSite, wordpressSite } from './sites.ts';
import type { Site } from './sites.ts';

export type PublishChaosOptions = {
  /** How many accounts on each site; without a Ghost in the environment there are none. */
  accounts: { wordpress: number; ghost: number };
  settings?: Record<string, string>;
};

export async function publishChaosPlace({ accounts, settings = {} }: PublishChaosOptions) {
  const { WORDPRESS_URL = '', GHOST_URL = '' } = process.env;
  const proxy = await cuttingProxy();
  const place = await killPlace(async () => ({
    BROWSER_PROXY_URL: proxy.url,
    BROWSER_SLOTS: '8',
    ACCESS_TOKEN_SECONDS: '86400',
    ...settings,
  }));
  const sites: Site[] = [wordpressSite(WORDPRESS_URL), ...(GHOST_URL === '' ? [] : [ghostSite(GHOST_URL)])];
  const counts = sites.map((site) => [site, accounts[site.platform]] as const);
  const { blogs, secrets } = await bloggers(place.application.url, counts);
  return {
    ...place,
    answers: brokenAnswers(proxy),
    sites,
    blogs,
    secrets,
    async close() {
      await place.close();
      await proxy.close();
    },
  };
}

export type PublishChaosPlace = Awaited<ReturnType<typeof publishChaosPlace>>;
