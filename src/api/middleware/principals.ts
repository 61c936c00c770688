import type { Principal } from '../../domain/accounts/accounts.ts';
import type { Caller } from '../../domain/usage/usage.ts';
import { AppError } from '../../errors.ts';
import type { ApiContext } from '../api-context.ts';
import type { Allow } from '../route.ts';

export type Authority = {
  principalOf(accessToken: string): Promise<Principal>;
  authenticate(secret: string): Promise<Caller>;
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
      return { user: refuseUsers(await userOf(ctx, authority)) };
    case 'key':
      return { caller: await callerOf(ctx, authority) };
  }
}

async function userOf(ctx: ApiContext, authority: Authority): Promise<Principal> {
  const token = bearer(ctx);
  if (!token) throw new AppError('unauthenticated', 'Authorization: a bearer access token is needed.');
  const user = await authority.principalOf(token);
  ctx.state.userId = user.userId;
  return user;
}

async function callerOf(ctx: ApiContext, authority: Authority): Promise<Caller> {
  const secret = ctx.get('x-api-key') || bearer(ctx);
  if (!secret) throw new AppError('unauthenticated', 'Authorization: an API key is needed.');
  const caller = await authority.authenticate(secret);
  ctx.state.userId = caller.userId;
  return caller;
}

function refuseUsers(user: Principal): Principal {
  if (user.role !== 'user') return user;
  throw new AppError('forbidden', 'This is for operators only.');
}

const bearer = (ctx: ApiContext) => /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? '';
