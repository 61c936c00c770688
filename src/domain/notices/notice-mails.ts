import { Notice } from '../../entities/notice.ts';
import { NoticeMail } from '../../entities/notice-mail.ts';
import { User } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { isRefusedForGood } from '../../infra/mail.ts';
import type { MailServer } from '../../infra/mail.ts';
import { mailText } from './mail-text.ts';

export type NoticeMailOptions = {
  database: Database;
  /** Null: e-mail is off. */
  mail: MailServer | null;
  publicUrl: string;
  now: () => Date;
};

/**
 * Sends the e-mail of a notice, unless it was sent. It may go twice when the process dies before it can be written down:
 * then both have the same `Message-ID`, by which mail servers and programs know the second one.
 * @throws AppError `upstream_rejected` for an address that refuses for good, `upstream_failed` when it may be tried again
 */
export function createNoticeMails({ database, mail, publicUrl, now }: NoticeMailOptions) {
  const url = publicUrl.replace(/\/$/, '');
  const { hostname } = new URL(publicUrl);

  return async (mailId: string): Promise<void> => {
    const em = database.em.fork();
    const row = await em.findOne(NoticeMail, mailId);
    if (!row || row.sentAt || !mail) return;
    const { noticeId } = row;
    const [notice, user] = await Promise.all([
      database.em.fork().findOneOrFail(Notice, noticeId),
      database.em.fork().findOneOrFail(User, row.userId),
    ]);
    row.attempts += 1;
    try {
      await mail.send({ to: user.email, ...mailText(notice, url), messageId: `<notice-${noticeId}@${hostname}>` });
      Object.assign(row, { sentAt: now(), errorMessage: null });
    } catch (cause) {
      const isFinal = isRefusedForGood(cause);
      row.errorMessage = isFinal ? 'The mail server refuses it.' : 'The mail server did not take it.';
      throw new AppError(isFinal ? 'upstream_rejected' : 'upstream_failed', row.errorMessage, { cause });
    } finally {
      await em.flush();
    }
  };
}
