import { createHmac, randomBytes } from 'node:crypto';

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const newWebhookSecret = () => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

export type SignedMessage = {
  /** The same in every attempt, so that a receiver knows what it has already. */
  id: string;
  at: Date;
  body: string;
  /** The newest first; while a secret is being replaced, both sign. */
  secrets: readonly string[];
};

/** The three headers of Standard Webhooks. */
export function signatureHeaders({ id, at, body, secrets }: SignedMessage) {
  const timestamp = Math.floor(at.getTime() / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': signatures.join(' ') };
}

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
