import { z } from 'zod';
import type { Em } from '../../infra/database.ts';
import { route } from '../route.ts';
import { id, noFilter } from '../schemas.ts';
import type { CatalogChange } from './admin-catalog.ts';

export const tag = 'admin catalog';

export const params = z.object({ id });

/** `?enabled=true`, as the original has it. */
const toggle = z.object({ enabled: z.enum(['true', 'false']) });

type Resource<Shown extends z.ZodType, Row, Input, Changes> = {
  /** As paths and the audit have it. */
  name: 'provider' | 'model' | 'group';
  shown: Shown;
  view: (row: Row) => z.input<Shown>;
  rows: {
    get(id: string): Promise<Row>;
    create(em: Em, input: Input): Promise<Row>;
    update(em: Em, id: string, changes: Changes | { enabled: boolean }): Promise<Row>;
    remove(em: Em, id: string): Promise<void>;
  };
  change: CatalogChange;
};

/** Makes the routes that providers, models and groups have alike. Changes are in the audit, as `model.update`. */
export function catalogResource<Shown extends z.ZodType, Row extends { id: string }, Input, Changes>({
  name,
  shown,
  view,
  rows,
  change,
}: Resource<Shown, Row, Input, Changes>) {
  const path = `/api/v1/admin/${name}s`;
  const reading = { allow: 'operator', tag } as const;
  const changing = { allow: 'admin', tag } as const;

  return {
    list: (summary: string, all: () => Promise<Row[]>) =>
      route({
        get: path,
        ...reading,
        query: noFilter,
        reply: { 200: z.object({ data: z.array(shown) }) },
        summary,
        handle: async () => ({ data: (await all()).map(view) }),
      }),
    get: (summary: string) =>
      route({
        get: `${path}/:id`,
        ...reading,
        params,
        reply: { 200: shown },
        summary,
        handle: async ({ params: { id: target } }) => view(await rows.get(target)),
      }),
    create: <B extends z.ZodObject>(summary: string, body: B, inputOf: (given: z.output<B>) => Input) =>
      route({
        post: path,
        ...changing,
        body,
        reply: { 201: shown },
        summary,
        handle: async ({ user, body: details }) => {
          const write = (em: Em) => rows.create(em, inputOf(details));
          return view(await change({ user, action: `${name}.create`, target: (row) => row.id, details, write }));
        },
      }),
    update: <B extends z.ZodObject>(summary: string, body: B, changesOf: (given: z.output<B>) => Changes) =>
      route({
        put: `${path}/:id`,
        ...changing,
        params,
        body,
        reply: { 200: shown },
        summary,
        handle: async ({ user, params: { id: target }, body: details }) => {
          const write = (em: Em) => rows.update(em, target, changesOf(details));
          return view(await change({ user, action: `${name}.update`, target, details, write }));
        },
      }),
    toggle: (summary: string) =>
      route({
        put: `${path}/:id/toggle`,
        ...changing,
        params,
        query: toggle,
        reply: { 200: shown },
        summary,
        handle: async ({ user, params: { id: target }, query: details }) => {
          const write = (em: Em) => rows.update(em, target, { enabled: details.enabled === 'true' });
          return view(await change({ user, action: `${name}.toggle`, target, details, write }));
        },
      }),
    remove: (summary: string) =>
      route({
        delete: `${path}/:id`,
        ...changing,
        params,
        reply: { 204: z.void() },
        summary,
        handle: ({ user, params: { id: target } }) =>
          change({ user, action: `${name}.delete`, target, write: (em) => rows.remove(em, target) }),
      }),
  };
}
