import { z } from 'zod';
import { noticeKinds } from '../../domain/notices/notices.ts';
import { fieldError } from '../../errors.ts';
import type { ApiServices } from '../api-services.ts';
import { noticeEvents } from '../notice-events.ts';
import { noticeView, shownNotice } from '../notice-view.ts';
import { route } from '../route.ts';
import { cursor, digits, limit, noFilter, pageOf } from '../schemas.ts';

export const noticeRoutes = ({ notices }: Pick<ApiServices, 'notices'>) => [
  route({
    get: '/api/v1/events',
    allow: 'user',
    tag: 'notices',
    query: noFilter,
    produces: 'text/event-stream',
    reply: { 200: z.string() },
    summary:
      'Each of my notices as a server-sent event `notice`, as it comes, once and in order. `Last-Event-ID` resumes after ' +
      'that notice; without it the stream begins now.',
    async respond({ user: { userId }, lastEventId }) {
      const after = positionOf(lastEventId, await notices.latestId(userId));
      return { status: 200, events: noticeEvents({ notices, userId, after }) };
    },
  }),
  route({
    get: '/api/v1/notices',
    allow: 'user',
    tag: 'notices',
    query: z.strictObject({ limit, cursor, unread: z.enum(['true', 'false']).default('false') }),
    reply: { 200: pageOf(shownNotice) },
    summary: 'My notices, newest first; `unread=true` leaves out what I have read.',
    handle: async ({ user, query: { unread, ...page } }) => {
      const found = await notices.list(user.userId, { ...page, unread: unread === 'true' });
      return { data: found.notices.map(noticeView), next_cursor: found.nextCursor };
    },
  }),
  route({
    post: '/api/v1/notices/:id/read',
    allow: 'user',
    tag: 'notices',
    params: z.object({ id: digits.pipe(z.int().positive()) }),
    reply: { 200: shownNotice },
    summary: 'I have read a notice. The first time counts.',
    handle: async ({ user, params }) => noticeView(await notices.read(user.userId, params.id)),
  }),
  route({
    get: '/api/v1/notices/settings',
    allow: 'user',
    tag: 'notices',
    query: noFilter,
    reply: { 200: ways },
    summary: 'Which kinds of notices come by e-mail, and which may go to webhooks.',
    handle: async ({ user }) => waysView(await notices.settings.get(user.userId)),
  }),
  route({
    patch: '/api/v1/notices/settings',
    allow: 'user',
    tag: 'notices',
    body: z.strictObject({ email: kinds.optional(), webhooks: kinds.optional() }),
    reply: { 200: ways },
    summary: 'Change which kinds come by e-mail and which go to webhooks. What is absent stays; an empty list is none.',
    handle: async ({ user, body }) => waysView(await notices.settings.change(user.userId, body)),
  }),
];

const kinds = z.array(z.enum(noticeKinds)).max(noticeKinds.length);
const ways = z.object({ email: z.array(z.enum(noticeKinds)), webhooks: z.array(z.enum(noticeKinds)) });

type Ways = Awaited<ReturnType<ApiServices['notices']['settings']['get']>>;
const waysView = ({ email, webhooks }: Ways) => ({ email: [...email], webhooks: [...webhooks] });

/** An id that nothing has yet would hide what comes until then. */
function positionOf(lastEventId: string | null, latestId: number): number {
  if (lastEventId === null) return latestId;
  if (/^[0-9]{1,15}$/.test(lastEventId)) return Math.min(Number(lastEventId), latestId);
  throw fieldError('invalid_request', 'last-event-id', 'must be the id of an event of this stream');
}
