import { setCurrentDetails } from '@temporalio/workflow';
import { outsideForADay } from './activities.ts';

export type MailNoticeInput = { noticeId: number };

/** One notice to its user's mailbox: tried for a day. */
export async function mailNotice({ noticeId }: MailNoticeInput): Promise<void> {
  await outsideForADay.mailNotice.executeWithOptions({ summary: 'Sends the e-mail' }, [{ noticeId }]);
  setCurrentDetails('Sent');
}
