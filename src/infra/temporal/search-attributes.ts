import { defineSearchAttributeKey } from '@temporalio/common';

/** What operators may search runs by. Ids and times only: nothing that a person wrote. */
export const searchAttributes = {
  userId: defineSearchAttributeKey('UserId', 'KEYWORD'),
  platform: defineSearchAttributeKey('Platform', 'KEYWORD'),
  accountId: defineSearchAttributeKey('AccountId', 'KEYWORD'),
  taskKind: defineSearchAttributeKey('TaskKind', 'KEYWORD'),
  publishAt: defineSearchAttributeKey('PublishAt', 'DATETIME'),
} as const;
