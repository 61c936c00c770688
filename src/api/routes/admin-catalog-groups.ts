import { z } from 'zod';
import type { Em } from '../../infra/database.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';
import type { CatalogChange } from './admin-catalog.ts';
import { isOn, toggle } from './admin-catalog-fields.ts';
import { changesOf, groupChanges, groupInput, groupView, newGroup, shownGroup } from './admin-catalog-group-schema.ts';

type Parts = Pick<ApiServices, 'llm'> & { change: CatalogChange };

export const adminCatalogGroupRoutes = (parts: Parts) => [...readings(parts), ...changes(parts)];

const PATH = '/api/v1/admin/groups';
const params = z.object({ id });
const tag = 'admin catalog';

const readings = ({ llm: { catalog } }: Parts) => [
  route({
    get: PATH,
    allow: 'operator',
    tag,
    reply: { 200: z.object({ data: z.array(shownGroup) }) },
    summary: 'All groups.',
    handle: async () => ({ data: (await catalog.groups.list()).map(groupView) }),
  }),
  route({
    get: `${PATH}/:id`,
    allow: 'operator',
    tag,
    params,
    reply: { 200: shownGroup },
    summary: 'One group.',
    handle: async ({ params: { id: target } }) => groupView(await catalog.groups.get(target)),
  }),
];

const changes = ({ llm: { catalog }, change }: Parts) => [
  route({
    post: PATH,
    allow: 'admin',
    tag,
    body: newGroup,
    reply: { 201: shownGroup },
    summary: 'Add a group: a name that stands for models, to be tried in this order.',
    handle: async ({ user, body }) => {
      const write = (em: Em) => catalog.groups.create(em, groupInput(body));
      return groupView(await change({ user, action: 'group.create', target: body.group_id, details: body, write }));
    },
  }),
  route({
    put: `${PATH}/:id`,
    allow: 'admin',
    tag,
    params,
    body: groupChanges,
    reply: { 200: shownGroup },
    summary: 'Change the given fields of a group; the others stay.',
    handle: async ({ user, params: { id: target }, body }) => {
      const write = (em: Em) => catalog.groups.update(em, target, changesOf(body));
      return groupView(await change({ user, action: 'group.update', target, details: body, write }));
    },
  }),
  route({
    put: `${PATH}/:id/toggle`,
    allow: 'admin',
    tag,
    params,
    query: toggle,
    reply: { 200: shownGroup },
    summary: 'Enable or disable a group.',
    handle: async ({ user, params: { id: target }, query }) => {
      const write = (em: Em) => catalog.groups.update(em, target, { enabled: isOn(query) });
      return groupView(await change({ user, action: 'group.toggle', target, details: query, write }));
    },
  }),
  route({
    delete: `${PATH}/:id`,
    allow: 'admin',
    tag,
    params,
    reply: { 204: z.void() },
    summary: 'Delete a group. Its models stay.',
    handle: ({ user, params: { id: target } }) =>
      change({ user, action: 'group.delete', target, write: (em) => catalog.groups.remove(em, target) }),
  }),
];
