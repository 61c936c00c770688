import type { Principal } from '../../domain/accounts/accounts.ts';
import type { AdminActions } from '../../domain/admin/admin.ts';
import type { Em } from '../../infra/database.ts';
import type { ApiServices } from '../api-services.ts';
import { adminCatalogAuditRoutes } from './admin-catalog-audit.ts';
import { adminCatalogBreakerRoutes } from './admin-catalog-breakers.ts';
import { adminCatalogGroupRoutes } from './admin-catalog-groups.ts';
import { adminCatalogModelRoutes } from './admin-catalog-models.ts';
import { adminCatalogProviderRoutes } from './admin-catalog-providers.ts';

export type CatalogParts = Pick<ApiServices, 'llm'> & { actions: AdminActions };

/** Providers, models and groups as operators see them and admins change them. */
export const adminCatalogRoutes = ({ llm, actions }: CatalogParts) => {
  const change = createChange({ llm, actions });
  return [
    ...adminCatalogProviderRoutes({ llm, change }),
    ...adminCatalogModelRoutes({ llm, change }),
    ...adminCatalogGroupRoutes({ llm, change }),
    ...adminCatalogBreakerRoutes({ llm }),
    ...adminCatalogAuditRoutes({ actions }),
  ];
};

export type CatalogChange = ReturnType<typeof createChange>;

type Change<T> = {
  user: Principal;
  /** Thing and verb, as `provider.create`. */
  action: string;
  /** The id of what is changed, or where to find it in the result. */
  target: string | ((result: T) => string);
  details?: Record<string, unknown>;
  write: (em: Em) => Promise<T>;
};

/** A change of the catalog and its line in the audit, in one transaction; every process knows within a second. */
export function createChange({ llm, actions }: CatalogParts) {
  return <T>({ user, action, target, details = {}, write }: Change<T>): Promise<T> =>
    llm.catalog.change(async (em) => {
      const result = await write(em);
      const of = typeof target === 'string' ? target : target(result);
      await actions.record(em, { userId: user.userId, action, target: of, details });
      return result;
    });
}
