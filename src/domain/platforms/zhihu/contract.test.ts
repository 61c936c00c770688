import { platformContract } from '../../../../test/platform-contract.ts';
import { fixtureBrowser, hasty } from '../../../../test/sites/fixture-browser.ts';
import { openZhihu } from '../../../../test/sites/zhihu/site.ts';
import { zhihuWith } from './platform.ts';

platformContract(
  async () => {
    const [site, browser] = await Promise.all([openZhihu(), fixtureBrowser()]);
    return {
      platform: zhihuWith(hasty),
      page: () => browser.page(site.url, site.login()),
      loggedOutPage: () => browser.page(site.url),
      timesPublic: async (title) =>
        site.articles().filter((article) => article.title === title && article.publishes > 0).length,
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
  { drafts: true, absent: 'not_published' },
);
