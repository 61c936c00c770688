/**
 * A provider in OpenAI's format that keeps a journal. Each question names a number, `#1234`; the answer reports as many
 * output tokens, so that a row of the ledger can be matched with the journal to the token.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { listening } from '../listening.ts';

/** How one request went, as the provider saw it. */
export type Entry = { number: number; model: string; end: 'running' | 'complete' | 'cut' | 'refused' };

export type JournalUpstream = Awaited<ReturnType<typeof journalUpstream>>;

export const INPUT_TOKENS = 10;

export async function journalUpstream() {
  const journal: Entry[] = [];
  const behaviour: Behaviour = { cutShare: 0, status: () => 200, random: Math.random, hold: null };

  const server = createServer((incoming, outgoing) => {
    void json(incoming)
      .then((body) => answer(question.parse(body), outgoing))
      .catch(() => outgoing.destroy());
  });

  async function answer({ model, stream, messages }: Question, outgoing: ServerResponse): Promise<void> {
    const number = Number(/#(\d+)/.exec(messages.at(-1)?.content ?? '')?.[1] ?? 0);
    const entry: Entry = { number, model, end: 'running' };
    journal.push(entry);
    await behaviour.hold;
    const status = behaviour.status(model);
    if (status !== 200) {
      entry.end = 'refused';
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ error: { message: `status ${status}`, code: null } }));
      return;
    }
    const parts = stream ? streamed(number) : [whole(number)];
    const cutAt = behaviour.random() < behaviour.cutShare ? Math.floor(behaviour.random() * parts.length) : -1;
    outgoing.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
    for (const [at, part] of parts.entries()) {
      if (at === cutAt) {
        entry.end = 'cut';
        outgoing.destroy();
        return;
      }
      outgoing.write(part);
      await new Promise((resolve) => setImmediate(resolve));
      if (outgoing.destroyed) return;
    }
    outgoing.end();
    entry.end = 'complete';
  }

  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    journal,
    behaviour,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Behaviour = {
  cutShare: number;
  status: (model: string) => number;
  random: () => number;
  /** Waited for before anything is answered. */
  hold: Promise<void> | null;
};

const question = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  messages: z.array(z.object({ content: z.string() })),
});
type Question = z.infer<typeof question>;

const usageOf = (number: number) => ({
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: number,
  total_tokens: INPUT_TOKENS + number,
});

const about = { id: 'chatcmpl-j', created: 1, model: 'journal' };

function whole(number: number): string {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Noted.' }, finish_reason: 'stop' }];
  return JSON.stringify({ ...about, object: 'chat.completion', choices, usage: usageOf(number) });
}

function streamed(number: number): string[] {
  const said = Array.from({ length: 12 }, (_, at) => chunk([{ index: 0, delta: { content: `word${at} ` } }]));
  const last = chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  return [...said, last, chunk([], { usage: usageOf(number) }), 'data: [DONE]\n\n'];
}

const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
