import type { AttemptOutcome, DeliveryAttempt } from '../domain/notices/notices.ts';
import type { Services } from '../services.ts';

/** What leaves for a user's own programs and mailbox. An attempt that was recorded is not sent again, nor is a sent mail. */
export const noticeActivities = ({ notices }: Pick<Services, 'notices'>) => ({
  attemptDelivery: (attempt: DeliveryAttempt): Promise<AttemptOutcome> => notices.attemptDelivery(attempt),

  mailNotice: ({ mailId }: { mailId: string }): Promise<void> => notices.sendMail(mailId),
});
