import { platformContract } from '../../../../test/platform-contract.ts';
import { onPublish, openTestSite } from '../../../../test/wordpress-site.ts';
import { patience } from '../patience.ts';
import { wordpressWith } from './platform.ts';

platformContract(
  async () => {
    const site = await openTestSite();
    return {
      platform: wordpressWith({ ...patience, pollMs: 50 }),
      page: () => site.page(),
      loggedOutPage: () => site.loggedOutPage(),
      timesPublic: async (title) => (await site.postsTitled(title)).filter(({ state }) => state === 'publish').length,
      loseAnswers: (page) =>
        onPublish(page, async (route) => {
          await route.fetch();
          await route.abort('connectionreset');
        }),
      closePages: () => site.closePages(),
      close: () => site.close(),
    };
  },
  { drafts: true, absent: 'not_published' },
);
