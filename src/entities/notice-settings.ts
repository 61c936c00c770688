import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { NoticeKind } from './notice.ts';

/** Which kinds of notices leave by which way. Who has no row has the defaults. */
export const NoticeSettings = defineEntity({
  name: 'NoticeSettings',
  tableName: 'notice_settings',
  properties: {
    userId: p.string().primary(),
    email: p.json<NoticeKind[]>(),
    webhooks: p.json<NoticeKind[]>(),
    updatedAt: p.datetime(),
  },
});
export type NoticeSettings = InferEntity<typeof NoticeSettings>;
