import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { INPUT_TOKENS } from './journal-upstream.ts';
import type { Key } from './place.ts';
import { prices } from './place.ts';

export type Question = {
  url: string;
  key: Key;
  number: number;
  model?: string;
  stream?: boolean;
  /** The client leaves when it has read so many bytes of the answer; 0 is as soon as it has asked. */
  leaveAfterBytes?: number | null;
};

/** `status` null: no answer came, because the server, or this client, had gone. `whole`: read to its end. */
export type Heard = { status: number | null; text: string; whole: boolean };

/** One question by one client over one connection; never throws. */
export function ask({ url, key, number, model = 'steady', stream = false, leaveAfterBytes = null }: Question) {
  const body = JSON.stringify({ ...questionOf({ model, number }), stream });
  return new Promise<Heard>((resolve) => {
    const heard: Heard = { status: null, text: '', whole: false };
    const sending = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false }, (answer) => {
      heard.status = answer.statusCode ?? null;
      read(answer, heard, () => leaveAfterBytes !== null && heard.text.length >= leaveAfterBytes && sending.destroy());
      answer.once('close', () => resolve(heard));
    });
    sending.once('error', () => resolve(heard));
    sending.setHeader('authorization', `Bearer ${key.secret}`);
    sending.setHeader('content-type', 'application/json');
    sending.end(body, () => leaveAfterBytes === 0 && sending.destroy());
  });
}

function read(answer: IncomingMessage, heard: Heard, came: () => void): void {
  answer.on('data', (part: Buffer) => {
    heard.text += part.toString();
    came();
  });
  answer.on('end', () => (heard.whole = true));
  answer.on('error', () => undefined);
}

export const questionOf = ({ model, number }: { model: string; number: number }) => ({
  model,
  messages: [{ role: 'user' as const, content: `Note the number #${number}, please.` }],
  max_tokens: Math.max(1, number),
});

/** What the answer to a number costs, to the nano-dollar. */
export const costOf = (number: number): number =>
  (INPUT_TOKENS * prices.inputNanos + number * prices.outputNanos) / 1_000_000;
