import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../domain/accounts/accounts.ts';
import type { Caller } from '../../domain/usage/usage.ts';
import { AppError } from '../../errors.ts';
import type { ApiContext } from '../api-context.ts';
import type { Allow } from '../route.ts';

export type Authority = {
  principalOf(accessToken: string): Promise<Principal>;
  authenticate(secret: string): Promise<Caller>;
  authenticateNow(secret: string): Caller | Promise<Caller>;
};

/**
 * Who is asking, from the token and nothing else.
 * @throws AppError `unauthenticated`, `forbidden`
 */
export async function whoAsks(ctx: ApiContext, allow: Allow, authority: Authority) {
  switch (allow) {
    case 'public':
      return {};
    case 'user':
      return { user: await userOf(ctx, authority) };
    case 'operator':
      return { user: onlyRoles(['operator', 'admin'], await userOf(ctx, authority)) };
    case 'admin':
      return { user: onlyRoles(['admin'], await userOf(ctx, authority)) };
    case 'key':
      return { caller: await callerOf(ctx, authority) };
  }
}

async function userOf(ctx: ApiContext, authority: Authority): Promise<Principal> {
  const token = bearer(ctx.headers);
  if (!token) throw new AppError('unauthenticated', 'Authorization: a bearer access token is needed.');
  const user = await authority.principalOf(token);
  ctx.state.userId = user.userId;
  return user;
}

async function callerOf(ctx: ApiContext, authority: Authority): Promise<Caller> {
  const caller = await authority.authenticate(apiKeyIn(ctx.headers));
  ctx.state.userId = caller.userId;
  return caller;
}

/** @throws AppError `unauthenticated` when there is none */
export function apiKeyIn(headers: IncomingHttpHeaders): string {
  const { 'x-api-key': key } = headers;
  const secret = typeof key === 'string' && key !== '' ? key : bearer(headers);
  if (secret !== '') return secret;
  throw new AppError('unauthenticated', 'Authorization: an API key is needed.');
}

function onlyRoles(roles: readonly Principal['role'][], user: Principal): Principal {
  if (roles.includes(user.role)) return user;
  throw new AppError('forbidden', `This is for ${roles.join('s and ')}s only.`);
}

const bearer = ({ authorization = '' }: IncomingHttpHeaders) => /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
