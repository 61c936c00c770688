/** A mail server that keeps what it is sent. */
import { SMTPServer } from 'smtp-server';
import { listening } from './listening.ts';

export async function mailServer() {
  const place = {
    mails: new Array<{ to: string[]; text: string }>(),
    /** The answer to a recipient: null takes it. */
    refuse: (_address: string): { code: number; message: string } | null => null,
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const refused = place.refuse(address);
      done(refused ? Object.assign(new Error(refused.message), { responseCode: refused.code }) : null);
    },
    onData(stream, { envelope }, done) {
      let mail = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (mail += chunk));
      stream.once('end', () => {
        place.mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: mail });
        done();
      });
    },
  });
  const url = `smtp://127.0.0.1:${await listening(server.server)}`;
  return Object.assign(place, {
    url,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

export type MailServer = Awaited<ReturnType<typeof mailServer>>;
