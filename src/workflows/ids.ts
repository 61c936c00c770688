/** Workflow ids are business ids: one thing, one run, whoever starts it and however often. */
export const articleWorkflowId = (articleId: string) => `article:${articleId}`;
export const completionWorkflowId = (completionId: string) => `completion:${completionId}`;
export const publishWorkflowId = (publicationId: string) => `publish:${publicationId}`;
/** The run that gives an account's turns to those who wait. */
export const accountWorkflowId = (accountId: string) => `account:${accountId}`;
export const webhookWorkflowId = (deliveryId: string) => `webhook:${deliveryId}`;
export const noticeMailWorkflowId = (mailId: string) => `mail:${mailId}`;
/** The run that makes the occurrences of a recurring post. */
export const recurringWorkflowId = (recurringId: string) => `recur:${recurringId}`;
/** The scheduled collection of an account: one at a time. */
export const analyticsWorkflowId = (accountId: string) => `analytics:${accountId}`;
/** One that its owner asked for. */
export const collectionWorkflowId = (collectionId: string) => `collect:${collectionId}`;
