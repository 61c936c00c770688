import { z } from 'zod';
import type { ApiServices } from '../api-services.ts';
import { docsPage } from '../docs-page.ts';
import { openApi } from '../openapi.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

/** What describes the API; both documents are made once, from the routes and including themselves. */
export function documentRoutes({ config }: Pick<ApiServices, 'config'>, others: readonly Route[]): Route[] {
  const documents: { openapi: Record<string, unknown>; page: string } = { openapi: {}, page: '' };
  const routes = [
    route({
      get: '/openapi.json',
      allow: 'public',
      reply: { 200: z.looseObject({}) },
      summary: 'This API in OpenAPI 3.1.',
      handle: () => documents.openapi,
    }),
    route({
      get: '/docs',
      allow: 'public',
      produces: 'text/html; charset=utf-8',
      reply: { 200: z.string() },
      summary: 'This API for people.',
      respond: () => ({ status: 200, headers: { 'content-security-policy': READABLE }, body: documents.page }),
    }),
  ];
  const all = [...others, ...routes];
  documents.openapi = openApi(all, { url: config.PUBLIC_URL, version: VERSION });
  documents.page = docsPage(all);
  return routes;
}

/** Of the contract, not of the program: clients see it change when the API changes. */
const VERSION = '1.0.0';
const READABLE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
