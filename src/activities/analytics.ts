import type { AccountPage, Collection } from '../domain/analytics/analytics.ts';
import type { Services } from '../services.ts';

/** The rows behind the collection of numbers. Recording is idempotent by post and collection; the rest only reads. */
export const analyticsActivities = ({ analytics }: Pick<Services, 'analytics'>) => ({
  async accountsToCollect(page: { after: string | null; limit: number }): Promise<AccountPage> {
    return analytics.accountsToCollect(page);
  },

  async postsToCollect({ accountId }: { accountId: string }): Promise<{ postIds: string[] }> {
    return { postIds: await analytics.postsOf(accountId) };
  },

  async recordNumbers(collection: Collection): Promise<void> {
    await analytics.record(collection);
  },
});
