import type { Notices } from '../domain/notices/notices.ts';
import type { EventSource } from './route.ts';
import { noticeView } from './notice-view.ts';

export type NoticeEvents = {
  notices: Pick<Notices, 'follow'>;
  userId: string;
  /** The id of the last notice that the client has. */
  after: number;
};

/**
 * One user's notices as server-sent events, each once and in order. The stream begins with the id from which it goes on,
 * in an event without data, which clients keep and do not show: so one that is cut before its first notice resumes too.
 */
export function noticeEvents({ notices, userId, after }: NoticeEvents): EventSource {
  async function* events(ended: AbortSignal): AsyncGenerator<string> {
    yield `id: ${after}\n\n`;
    for await (const notice of notices.follow({ userId, after, ended })) {
      yield `id: ${notice.id}\nevent: notice\ndata: ${JSON.stringify(noticeView(notice))}\n\n`;
    }
  }
  return { open: events, onError: () => 'event: error\ndata: {"code":"internal"}\n\n', resumable: true };
}
