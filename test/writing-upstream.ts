/** A provider in the OpenAI format that writes a decent little article, counts what it is asked, and can be held. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { listening } from './listening.ts';

export type WritingUpstream = {
  /** Ends in `/v1`. */
  url: string;
  /** How many answers were given, by step. */
  answers: Record<Step, number>;
  /** From now on, whoever asks this model is refused. */
  refuse(model: string, refusal: Refusal): void;
  /** Holds the answer of the next request of this step until `release`. `arrived` tells that it is here. */
  hold(step: Step): { arrived: Promise<void>; release(): void };
  close(): Promise<void>;
};

export type Refusal = { status: number; message: string; headers?: Record<string, string> };

export type Step = 'outline' | 'draft' | 'review' | 'chat';

export async function writingUpstream(): Promise<WritingUpstream> {
  const answers = { outline: 0, draft: 0, review: 0, chat: 0 };
  const refusals = new Map<string, Refusal>();
  const holds = new Map<Step, { arrived(): void; released: Promise<void> }>();

  const server = createServer((incoming, outgoing) => {
    void json(incoming).then(async (body) => {
      const request = requestSchema.parse(body);
      const step = stepOf(request);
      const hold = holds.get(step);
      holds.delete(step);
      hold?.arrived();
      await hold?.released;
      if (outgoing.destroyed) return; // whoever asked has been killed meanwhile
      answers[step] += 1;
      const refusal = refusals.get(request.model);
      if (refusal) {
        const { status, message, headers = {} } = refusal;
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
        outgoing.end(JSON.stringify({ error: { message } }));
        return;
      }
      outgoing
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(completion(request.model, texts[step])));
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    answers,
    refuse: (model, refusal) => void refusals.set(model, refusal),
    hold(step) {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      holds.set(step, { arrived: arrived.resolve, released: released.promise });
      return { arrived: arrived.promise, release: released.resolve };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z.object({ json_schema: z.object({ name: z.enum(['outline', 'review']) }) }).optional(),
});

function stepOf({ response_format: format, messages }: z.infer<typeof requestSchema>): Step {
  if (format) return format.json_schema.name;
  return messages.some(({ content }) => content.includes('blog post')) ? 'draft' : 'chat';
}

const headings = ['Choose a pot', 'Water at the root', 'Harvest often'];

const texts: Record<Step, string> = {
  outline: JSON.stringify({
    title: 'Tomatoes on a balcony',
    sections: headings.map((heading) => ({ heading, point: `Why to ${heading.toLowerCase()}.` })),
  }),
  draft: headings
    .map(
      (heading, n) =>
        `## ${heading}\n\nParagraph ${n} says how to ${heading.toLowerCase()}. It is worth the trouble in week ${n}. Neighbours will ask about number ${n}, and you will know.`,
    )
    .join('\n\n'),
  review: JSON.stringify({
    title: 'Tomatoes on a balcony',
    summary: 'Three habits that make a balcony full of tomatoes.',
    tags: ['tomatoes', 'balcony'],
    verdict: 'accept',
    notes: '',
  }),
  chat: 'Because they taste of summer.',
};

const completion = (model: string, content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
});
