import { setCurrentDetails } from '@temporalio/workflow';
import { outsideForADay } from './activities.ts';

export type MailNoticeInput = { mailId: string };

/** One notice to its user's mailbox: tried for a day. */
export async function mailNotice({ mailId }: MailNoticeInput): Promise<void> {
  await outsideForADay.mailNotice.executeWithOptions({ summary: 'Sends the e-mail' }, [{ mailId }]);
  setCurrentDetails('Sent');
}
