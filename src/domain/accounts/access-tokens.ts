import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { roles } from '../../entities/user.ts';
import type { Role } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';

/** Who is asking, as the access token says. A changed role shows when the token is next refreshed. */
export type Principal = { userId: string; role: Role };

/** Short-lived JWTs (HS256) with the claims `sub` and `role`. */
export function createAccessTokens({ config, now }: { config: Config; now: () => Date }) {
  const secret = new TextEncoder().encode(config.JWT_SECRET);
  return {
    issue({ userId, role }: Principal): Promise<string> {
      const issuedAt = seconds(now());
      return new SignJWT({ role })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + config.ACCESS_TOKEN_SECONDS)
        .sign(secret);
    },
    /** @throws AppError `unauthenticated` for anything but a valid token that we issued */
    async read(token: string): Promise<Principal> {
      const rules = { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, currentDate: now() };
      const verified = await jwtVerify(token, secret, rules).catch((cause: unknown) => {
        throw new AppError('unauthenticated', 'The access token is not valid or has expired.', { cause });
      });
      const parsed = claims.safeParse(verified.payload);
      if (!parsed.success) throw new AppError('unauthenticated', 'The access token lacks its claims.');
      return { userId: parsed.data.sub, role: parsed.data.role };
    },
  };
}

const ISSUER = 'ai-creator-cloud';
const AUDIENCE = 'ai-creator-api';
const claims = z.object({ sub: z.string().min(1), role: z.enum(roles) });
const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
