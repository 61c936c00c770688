import { z } from 'zod';
import type { DesktopToken, Session, UserView } from '../../domain/accounts/accounts.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { time } from '../schemas.ts';

export const authRoutes = ({ accounts }: Pick<ApiServices, 'accounts'>) => [
  route({
    post: '/api/v1/auth/register',
    allow: 'public',
    rateLimited: true,
    tag: 'auth',
    body: z.strictObject({ email, password: z.string().min(8).max(128) }),
    reply: { 201: session },
    summary: 'Make an account, and log in.',
    handle: async ({ body }) => sessionView(await accounts.register(body)),
  }),
  route({
    post: '/api/v1/auth/login',
    allow: 'public',
    rateLimited: true,
    tag: 'auth',
    body: z.strictObject({ email, password: z.string().min(1).max(128) }),
    reply: { 200: session },
    summary: 'Log in. Repeated failures lock the account for a while (423).',
    handle: async ({ body }) => sessionView(await accounts.login(body)),
  }),
  route({
    post: '/api/v1/auth/refresh',
    allow: 'public',
    rateLimited: true,
    tag: 'auth',
    body: z.strictObject({ refresh_token: z.string().min(1).max(200) }),
    reply: { 200: session },
    summary: 'Exchange a refresh token, once. A token used twice ends all sessions of its login.',
    handle: async ({ body }) => sessionView(await accounts.refresh(body.refresh_token)),
  }),
  route({
    post: '/api/v1/auth/logout',
    allow: 'public',
    rateLimited: true,
    tag: 'auth',
    body: z.strictObject({ refresh_token: z.string().min(1).max(200) }),
    reply: { 204: z.void() },
    summary: 'End the login that a refresh token belongs to. Its access token lives on until it expires.',
    handle: ({ body }) => accounts.logout(body.refresh_token),
  }),
  route({
    post: '/api/v1/auth/token',
    allow: 'user',
    tag: 'auth',
    reply: { 201: apiToken.extend({ api_token: z.string() }) },
    summary: 'A new API key for the desktop app, good for a year. It is shown only here.',
    handle: async ({ user: { userId } }) => {
      const made = await accounts.newDesktopToken(userId);
      return { ...apiTokenView(made), api_token: made.secret };
    },
  }),
  route({
    post: '/api/v1/auth/llm-token',
    allow: 'user',
    tag: 'auth',
    reply: { 200: apiToken.extend({ created: z.boolean() }) },
    summary: "The API key of my desktop app. It is made, and shown, if there is none; only a key's hash is kept.",
    handle: async ({ user: { userId } }) => {
      const token = await accounts.desktopToken(userId);
      return { ...apiTokenView(token), created: token.secret !== null };
    },
  }),
  route({
    get: '/api/v1/auth/me',
    allow: 'user',
    tag: 'auth',
    reply: { 200: user },
    summary: 'Who I am.',
    handle: async ({ user: { userId } }) => userView(await accounts.me(userId)),
  }),
];

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

const user = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  tier: z.string(),
  created_at: time,
});

const session = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('seconds'),
  refresh_token: z.string(),
  user,
});

const apiToken = z.object({
  api_token: z.string().nullable().describe('`sk-cf-…`; null for one that was there already'),
  key_id: z.string(),
  display_prefix: z.string(),
  expires_at: time.nullable(),
});

const userView = ({ createdAt, ...rest }: UserView) => ({ ...rest, created_at: createdAt });

const sessionView = (opened: Session) => ({
  access_token: opened.accessToken,
  token_type: 'Bearer' as const,
  expires_in: opened.expiresInSeconds,
  refresh_token: opened.refreshToken,
  user: userView(opened.user),
});

const apiTokenView = ({ key, secret }: DesktopToken) => ({
  api_token: secret,
  key_id: key.id,
  display_prefix: key.displayPrefix,
  expires_at: key.expiresAt,
});
