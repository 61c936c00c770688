import { deepStrictEqual } from 'node:assert';
import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import { assert, asyncProperty, infiniteStream, nat } from 'fast-check';
import { chatToMessagesAnswer } from '../../src/domain/llm/formats/chat-to-messages/answer.ts';
import { chatToMessagesStream } from '../../src/domain/llm/formats/chat-to-messages/stream.ts';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { checkMessagesStream } from '../stream-checkers/messages-stream-checker.ts';
import { chatChunks, chatCompletion, spokenAnswer } from './chat-answers.ts';

/**
 * Of `runs` generated answers of an OpenAI upstream, streamed in any pieces: the translated stream is a right one, and
 * Anthropic's own client makes of it the message that the translation of the whole answer is.
 */
export async function chatToMessagesProperty(runs: number): Promise<void> {
  const translatesRightly = asyncProperty(spokenAnswer, infiniteStream(nat()), async (answer, chances) => {
    const events = translated(chatChunks(answer, chances));
    checkMessagesStream(events);
    deepStrictEqual(await asReadByClient(events), plain(chatToMessagesAnswer(chatCompletion(answer), { model: 'm' })));
  });
  await assert(translatesRightly, { numRuns: runs });
}

function translated(chunks: JsonObject[]): JsonObject[] {
  const translator = chatToMessagesStream({ model: 'm', inputTokens: 7 });
  return [...chunks.flatMap((chunk) => translator.next(chunk)), ...translator.end(), ...translator.end()];
}

async function asReadByClient(events: JsonObject[]): Promise<unknown> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(lines));
      controller.close();
    },
  });
  const { parsed_output: _, ...message } = await MessageStream.fromReadableStream(body).finalMessage();
  return plain(message);
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
