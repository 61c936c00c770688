import { onPublish, openTestSite } from '../../../../test/ghost-site.ts';
import { platformContract } from '../../../../test/platform-contract.ts';
import { patience } from '../patience.ts';
import { ghostWith } from './platform.ts';

platformContract(
  async () => {
    const site = await openTestSite();
    return {
      platform: ghostWith({ ...patience, pollMs: 50 }),
      page: () => site.page(),
      loggedOutPage: () => site.loggedOutPage(),
      timesPublic: async (title) => (await site.postsTitled(title)).filter(({ state }) => state === 'published').length,
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
