import { z } from 'zod';
import { offeredChallenge } from '../../domain/login/login.ts';
import { AppError } from '../../errors.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id, shortText } from '../schemas.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'publishing' | 'login'> & { work: Work };

/** Logins that a platform asks for while it publishes, and that a person finishes from afar. */
export const loginRoutes = ({ publishing, login, work }: Parts) => [
  route({
    get: '/api/v1/publish/:target/login',
    ...ofOne,
    reply: { 200: challenge },
    summary:
      'What the platform asks me to do to log in, with its picture. 409 `login_not_asked` when nothing is asked now, ' +
      '410 `login_ended` when it is over.',
    respond: async ({ user, params: { target } }) => {
      const { id: publicationId } = await publishing.publications.own(user.userId, target);
      const { id: challengeId, ...rest } = await login.shown(publicationId);
      return { status: 200, headers: neverKept, body: { challenge_id: challengeId, ...rest } };
    },
  }),
  route({
    post: '/api/v1/publish/:target/login',
    ...ofOne,
    body: z.strictObject({ code: shortText(64).describe('as the platform sent or showed it') }),
    reply: { 202: z.object({ status: z.literal('typed_soon') }) },
    summary: 'The code that the platform asks for; it is typed within seconds, once. 409 and 410 as above.',
    respond: async ({ user, params: { target }, body }) => {
      const { id: publicationId } = await publishing.publications.own(user.userId, target);
      await login.answer(publicationId, body.code);
      return { status: 202, headers: neverKept, body: { status: 'typed_soon' } };
    },
  }),
  route({
    post: '/api/v1/publish/:target/login/again',
    ...ofOne,
    reply: { 202: z.object({ status: z.literal('asked') }) },
    summary: 'Have the platform ask again: for a publication that is `needs_login`, when nobody was there in time.',
    respond: async ({ user, params: { target } }) => {
      const { id: publicationId, state } = await publishing.publications.own(user.userId, target);
      if (state !== 'needs_login') throw new AppError('login_not_asked', 'This publication waits for no login.');
      await work.loginRenewed([publicationId]);
      return { status: 202, body: { status: 'asked' } };
    },
  }),
];

const ofOne = {
  allow: 'user',
  tag: 'publishing',
  params: z.object({ target: id.describe('the publication') }),
} as const;

const challenge = offeredChallenge.omit({ id: true }).extend({ challenge_id: z.string() });

/** A picture that opens an account stays in no cache. */
const neverKept = { 'cache-control': 'no-store' };
