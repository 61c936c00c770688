import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mailServer } from '../../../test/mail-server.ts';
import type { MailServer } from '../../../test/mail-server.ts';
import { newPublication, noticePlace } from '../../../test/notice-place.ts';
import type { NoticePlace } from '../../../test/notice-place.ts';
import { NoticeMail } from '../../entities/notice-mail.ts';
import { createFanOut } from './fan-out.ts';

let server: MailServer;
let place: NoticePlace;
beforeAll(async () => {
  server = await mailServer();
  place = await noticePlace({
    SMTP_URL: server.url,
    MAIL_FROM: 'AI Creator <notices@creator.example>',
    PUBLIC_URL: 'https://api.creator.example',
  });
});
afterAll(async () => {
  await place.close();
  await server.close();
});
beforeEach(() => void Object.assign(server, { mails: [], refuse: () => null }));

/** The e-mail of a publication that has failed. */
async function failedPost(
  title?: string,
): Promise<{ mailId: string; noticeId: number; userId: string; publicationId: string }> {
  const userId = await place.user();
  const { id: publicationId, fail } = await newPublication(place.database, userId, title);
  await fail();
  await createFanOut({ database: place.database, now: () => new Date(), mailIsOn: true })();
  const { id: mailId, noticeId } = await place.database.em.fork().findOneOrFail(NoticeMail, { userId });
  return { mailId, noticeId, userId, publicationId };
}

const rowOf = (mailId: string) => place.database.em.fork().findOneOrFail(NoticeMail, mailId);
const sent = () => server.mails.map((mail) => mail.text.replaceAll('=\r\n', '').replaceAll('=3D', '='));

test('a failed publication is told in a short text with a link, and not twice', async () => {
  const { mailId, userId, publicationId } = await failedPost();
  await place.notices.sendMail(mailId);
  await place.notices.sendMail(mailId);

  expect(server.mails.map(({ to }) => to)).toEqual([[`${userId}@example.com`]]);
  const [mail] = sent();
  expect(mail).toContain('From: AI Creator <notices@creator.example>');
  expect(mail).toContain('Subject: Not published: Bees');
  expect(mail).toContain('Content-Type: text/plain');
  expect(mail).toContain(`https://api.creator.example/api/v1/publish/status/${publicationId}`);
  expect(mail).toContain('selector_drift');
  expect(mail).not.toContain('Nobody is told this');
  expect(await rowOf(mailId)).toMatchObject({ attempts: 1, sentAt: expect.any(Date), errorMessage: null });
});

test('a mail that is sent again, because nobody knew that it was sent, has the same Message-ID', async () => {
  const { mailId, noticeId } = await failedPost();
  await place.notices.sendMail(mailId);
  await place.database.em.fork().nativeUpdate(NoticeMail, { id: mailId }, { sentAt: null });
  await place.notices.sendMail(mailId);
  const ids = sent().map((mail) => /^Message-ID: (.*)$/m.exec(mail)?.[1]);
  expect(ids).toEqual([`<notice-${noticeId}@api.creator.example>`, `<notice-${noticeId}@api.creator.example>`]);
});

test('a title cannot write headers', async () => {
  const { mailId } = await failedPost('Bees\r\nBcc: victim@example.com');
  await place.notices.sendMail(mailId);
  expect(server.mails.map(({ to }) => to.length)).toEqual([1]);
  expect(sent()[0]).not.toMatch(/^Bcc:/m);
});

test('a mail server that is busy is asked again; one that knows no such address is not', async () => {
  const { mailId } = await failedPost();
  server.refuse = () => ({ code: 451, message: 'try later' });
  await expect(place.notices.sendMail(mailId)).rejects.toMatchObject({ code: 'upstream_failed', retryable: true });
  server.refuse = () => ({ code: 550, message: 'no such user' });
  await expect(place.notices.sendMail(mailId)).rejects.toMatchObject({ code: 'upstream_rejected', retryable: false });
  expect(await rowOf(mailId)).toMatchObject({
    attempts: 2,
    sentAt: null,
    errorMessage: 'The mail server refuses it.',
  });
  server.refuse = () => null;
  await place.notices.sendMail(mailId);
  expect(await rowOf(mailId)).toMatchObject({ attempts: 3, errorMessage: null });
});
