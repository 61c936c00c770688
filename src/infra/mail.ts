export type Mail = { to: string; subject: string; text: string; messageId: string };

export type MailServer = ReturnType<typeof openMail>;

/**
 * The mail server of `SMTP_URL`, asked over a new connection for each mail. Its library is loaded with the first one:
 * most processes send none.
 */
export function openMail({ url, from }: { url: string; from: string }) {
  return {
    /** @throws what the server or the connection failed with */
    async send({ to, subject, text, messageId }: Mail): Promise<void> {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({ url, ...timeouts });
      const headers = { 'auto-submitted': 'auto-generated' }; // RFC 3834: no out-of-office replies
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, messageId, headers });
      } finally {
        transport.close();
      }
    },
  };
}

/** Whether a mail server refused for good (RFC 5321, 4.2.1), as it does for an address that there is none of. */
export function isRefusedForGood(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : null;
  return typeof code === 'number' && code >= 500;
}

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 10_000 };
