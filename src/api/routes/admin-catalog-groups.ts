import type { ApiServices } from '../api-services.ts';
import type { CatalogChange } from './admin-catalog.ts';
import { changesOf, groupChanges, groupInput, groupView, newGroup, shownGroup } from './admin-catalog-group-schema.ts';
import { catalogResource } from './admin-catalog-resource.ts';

type Parts = Pick<ApiServices, 'llm'> & { change: CatalogChange };

export function adminCatalogGroupRoutes({ llm, change }: Parts) {
  const rows = llm.catalog.groups;
  const group = catalogResource({ name: 'group', shown: shownGroup, view: groupView, rows, change });
  return [
    group.list('All groups.', () => rows.list()),
    group.get('One group.'),
    group.create('Add a group: a name that stands for models, to be tried in this order.', newGroup, groupInput),
    group.update('Change the given fields of a group; the others stay.', groupChanges, changesOf),
    group.toggle('Enable or disable a group.'),
    group.remove('Delete a group. Its models stay.'),
  ];
}
