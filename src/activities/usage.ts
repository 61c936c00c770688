import type { Reconciled, UsersPage } from '../domain/usage/usage.ts';
import type { Services } from '../services.ts';

/** A second time finds nothing left to repair, so it may be done again at any moment, also by two workers at once. */
export const usageActivities = ({ usage }: Pick<Services, 'usage'>) => ({
  reconcileUsers: (page: UsersPage): Promise<Reconciled> => usage.reconcile(page),
});
