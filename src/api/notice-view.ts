import { z } from 'zod';
import { noticeKinds } from '../domain/notices/notices.ts';
import type { Notice } from '../domain/notices/notices.ts';

/** A notice as its user sees it, in lists and in events. */
export const shownNotice = z.object({
  id: z.int().describe('goes up with each notice of a user'),
  kind: z.enum(noticeKinds),
  subject_id: z.string().describe('what it is about'),
  data: z.record(z.string(), z.string().nullable()).describe('ids, state, platform, title and error code'),
  created_at: z.iso.datetime(),
  read_at: z.iso.datetime().nullable(),
});

export const noticeView = ({ id, kind, subjectId, payload, createdAt, readAt }: Notice) => ({
  id,
  kind,
  subject_id: subjectId,
  data: payload,
  created_at: createdAt.toISOString(),
  read_at: readAt?.toISOString() ?? null,
});
