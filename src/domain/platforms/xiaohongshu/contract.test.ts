import { platformContract } from '../../../../test/platform-contract.ts';
import { fixtureBrowser, hasty } from '../../../../test/sites/fixture-browser.ts';
import { openXiaohongshu } from '../../../../test/sites/xiaohongshu/site.ts';
import { xiaohongshuWith } from './platform.ts';

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

platformContract(
  async () => {
    const [site, browser] = await Promise.all([openXiaohongshu(), fixtureBrowser()]);
    return {
      platform: xiaohongshuWith(hasty, { listLagMs: 600_000, lookMs: 0 }),
      page: () => browser.page(site.url, site.login()),
      loggedOutPage: () => browser.page(site.url),
      timesPublic: async (title) => site.notes.all().filter((note) => note.title === title).length,
      loseAnswers: async () => {
        site.now.publishFault = 'answer cut';
      },
      async closePages() {
        site.now.publishFault = 'none';
        await browser.closePages();
      },
      async close() {
        await browser.close();
        await site.close();
      },
    };
  },
  { drafts: false, absent: 'unknown', cover: { name: 'a.png', contentType: 'image/png', bytes: pixel } },
);
