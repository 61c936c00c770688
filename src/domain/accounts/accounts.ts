import type { Redis } from 'ioredis';
import { User } from '../../entities/user.ts';
import type { Role } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import { lockedByUs } from './account-lock.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createApiKeys } from './api-keys.ts';
import type { KeyWithSecret } from './api-keys.ts';
import { createCallers } from './callers.ts';
import { desktopKey, ensureDesktopToken } from './desktop-token.ts';
import type { DesktopToken } from './desktop-token.ts';
import { createKeyCache } from './key-cache.ts';
import { hashPassword } from './passwords.ts';
import { createRefreshTokens } from './refresh-tokens.ts';
import { createSignIn, refuseLocked } from './sign-in.ts';
import type { Registration } from './sign-in.ts';
import { createTiers } from './tiers.ts';
import { createUsers } from './users.ts';

export type { Principal } from './access-tokens.ts';
export type { KeyChanges, KeyPage, KeyWithSecret } from './api-keys.ts';
export type { DesktopToken } from './desktop-token.ts';
export { grantRole } from './grant-role.ts';
export type { KeyView } from './key-view.ts';
export type { NewKey } from './new-key.ts';
export type { SomeLimits } from '../usage/usage.ts';
export { apiKeyStatuses } from '../../entities/api-key.ts';
export { modelTypes } from '../../entities/model.ts';
export { roles } from '../../entities/user.ts';
export type { Registration } from './sign-in.ts';
export type { TierSettings, TierView } from './tiers.ts';
export type { UserChanges, UserRecord } from './users.ts';

export type AccountsParts = {
  database: Database;
  redis: Redis;
  /** A connection for subscriptions; others may subscribe on it too. */
  subscriber: Redis;
  config: Config;
  now: () => Date;
  logger: Logger;
};

/** Lives of the tokens are seconds from now. */
export type Session = {
  accessToken: string;
  refreshToken: string;
  expiresInSeconds: number;
  user: UserView;
};

export type UserView = { id: string; email: string; role: Role; tier: string; createdAt: Date };

/** People, their sessions and their API keys. */
export function createAccounts({ database, redis, subscriber, config, now, logger }: AccountsParts) {
  const accessTokens = createAccessTokens({ config, now });
  const refreshTokens = createRefreshTokens({ config, now });
  const signIn = createSignIn({ config, now });
  const cache = createKeyCache({ database, redis, subscriber, config, now, logger });
  const keys = createApiKeys({ database, cache, now });
  const callers = createCallers({ database, cache, now, logger });

  async function session(user: User, refreshToken: string): Promise<Session> {
    const accessToken = await accessTokens.issue({ userId: user.id, role: user.role });
    return { accessToken, refreshToken, expiresInSeconds: config.ACCESS_TOKEN_SECONDS, user: viewOf(user) };
  }

  return {
    /** A new account is logged in. @throws AppError `conflict` */
    async register({ email, password }: Registration): Promise<Session> {
      const passwordHash = await hashPassword(password); // takes its time, so not while holding a connection
      return database.em.fork().transactional(async (em) => {
        const user = await signIn.register(em, { email, passwordHash });
        return session(user, await refreshTokens.start(em, user.id));
      });
    },
    /** @throws AppError `unauthenticated`, `account_locked` */
    async login(registration: Registration): Promise<Session> {
      const em = database.em.fork();
      const user = await signIn.login(em, registration);
      return session(user, await refreshTokens.start(em, user.id));
    },
    /** @throws AppError `unauthenticated`, `account_locked`; a token used twice ends all sessions of its login */
    async refresh(token: string): Promise<Session> {
      const em = database.em.fork();
      const { userId, refreshToken } = await refreshTokens.rotate(em, token);
      const user = await userOf(em, userId);
      if (lockedByUs(user)) refuseLocked(user.lockedUntil, now());
      return session(user, refreshToken);
    },
    /** Ends the login that the refresh token belongs to; its access tokens live on until they expire. */
    logout: (token: string): Promise<void> => refreshTokens.end(database.em.fork(), token),
    async me(userId: string): Promise<UserView> {
      return viewOf(await userOf(database.em.fork(), userId));
    },
    /** @throws AppError `unauthenticated` */
    principalOf: (accessToken: string) => accessTokens.read(accessToken),
    keys,
    /** One more key for a desktop app of the user's. */
    newDesktopToken: (userId: string): Promise<KeyWithSecret> => keys.create(userId, desktopKey),
    /** The user's desktop key; made, and shown, only if there is none. */
    desktopToken: (userId: string): Promise<DesktopToken> => ensureDesktopToken(database, userId, now()),
    tiers: createTiers({ database, cache, now }),
    users: createUsers({ database, cache, now }),
    /** @throws AppError `unauthenticated` with the reason; `unavailable` for an unknown key while Postgres is away */
    authenticate: async (secret: string) => callers.authenticate(secret),
    /** The same, at once for a key that this process knows. */
    authenticateNow: (secret: string) => callers.authenticate(secret),
    written: () => callers.written(),
    async close(): Promise<void> {
      await cache.close();
      await callers.written();
    },
  };
}

export type Accounts = ReturnType<typeof createAccounts>;

/** A token may outlive its user: then nobody is logged in. */
async function userOf(em: Em, userId: string): Promise<User> {
  const user = await em.findOne(User, { id: userId });
  if (!user) throw new AppError('unauthenticated', 'This account does not exist any more.');
  return user;
}

function viewOf({ id, email, role, tierId, createdAt }: User): UserView {
  return { id, email, role, tier: tierId, createdAt };
}
