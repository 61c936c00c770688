import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';

/** The e-mail of a notice that goes by e-mail. `errorMessage` is of its last try. */
export const NoticeMail = defineEntity({
  name: 'NoticeMail',
  tableName: 'notice_mails',
  properties: {
    id: p.string().primary(),
    noticeId: p.bigint('number').unique(),
    userId: p.string(),
    attempts: p.integer().default(0),
    errorMessage: p.text().nullable(),
    createdAt: p.datetime(),
    /** When its workflow was started. */
    startedAt: p.datetime().nullable(),
    sentAt: p.datetime().nullable(),
  },
});
export type NoticeMail = InferEntity<typeof NoticeMail>;
