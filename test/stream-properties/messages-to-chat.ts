import { deepStrictEqual } from 'node:assert';
import { assert, asyncProperty, boolean, infiniteStream, nat } from 'fast-check';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { listIn, objectIn, textIn } from '../../src/domain/llm/formats/json.ts';
import { messagesToChatAnswer } from '../../src/domain/llm/formats/messages-to-chat/answer.ts';
import { messagesToChatStream } from '../../src/domain/llm/formats/messages-to-chat/stream.ts';
import { checkChatStream } from '../stream-checkers/chat-stream-checker.ts';
import { messageEvents, spokenMessage, wholeMessage } from './message-answers.ts';

/**
 * Of `runs` generated answers of an Anthropic upstream, streamed in any pieces: the translated stream is a right one, and
 * OpenAI's own client makes of it the completion that the translation of the whole answer is. The client knows nothing of
 * `reasoning_content` and `thinking_blocks`; those are put together as text and as list.
 */
export async function messagesToChatProperty(runs: number): Promise<void> {
  const translatesRightly = asyncProperty(
    spokenMessage,
    infiniteStream(nat()),
    boolean(),
    async (message, chances, includeUsage) => {
      const chunks = translated(messageEvents(message, chances), includeUsage);
      checkChatStream(chunks, { usage: includeUsage });
      const whole = messagesToChatAnswer(wholeMessage(message), about);
      const rebuilt = withThinking(await asReadByClient(chunks), chunks);
      deepStrictEqual(comparable(rebuilt, includeUsage), comparable(whole, includeUsage));
    },
  );
  await assert(translatesRightly, { numRuns: runs });
}

const about = { model: 'm', created: 1_700_000_000 };

function translated(events: JsonObject[], includeUsage: boolean): JsonObject[] {
  const translator = messagesToChatStream({ ...about, includeUsage });
  return [...events.flatMap((event) => translator.next(event)), ...translator.end(), ...translator.end()];
}

async function asReadByClient(chunks: JsonObject[]): Promise<JsonObject> {
  const lines = chunks.map((chunk) => `${JSON.stringify(chunk)}\n`).join('');
  const completion = await ChatCompletionStream.fromReadableStream(new Blob([lines]).stream()).finalChatCompletion();
  return objectIn(
    JSON.parse(JSON.stringify(completion, (key, value: unknown) => (key === 'parsed' ? undefined : value))),
  );
}

function withThinking(completion: JsonObject, chunks: JsonObject[]): JsonObject {
  const deltas = chunks.map(({ choices }) => objectIn(objectIn(listIn(choices)[0])['delta']));
  const reasoning = deltas.map(({ reasoning_content }) => textIn(reasoning_content)).join('');
  const blocks = deltas.flatMap(({ thinking_blocks }) => listIn(thinking_blocks));
  return changedMessage(completion, (message) => ({
    ...message,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(blocks.length > 0 && { thinking_blocks: blocks }),
  }));
}

/**
 * What both must agree on: arguments by what they say, as a model may write its JSON with spaces; no content as `''`,
 * with which a stream has to begin.
 */
function comparable({ usage, ...completion }: JsonObject, includeUsage: boolean): unknown {
  const told = includeUsage ? { ...completion, usage } : completion;
  return plain(
    changedMessage(told, (message) => ({
      ...message,
      content: message['content'] ?? '',
      tool_calls: listIn(message['tool_calls']).map(objectIn).map(argued),
    })),
  );
}

function argued({ function: called, ...call }: JsonObject): JsonObject {
  const { name, arguments: text } = objectIn(called);
  return { ...call, name, input: JSON.parse(textIn(text)) };
}

function changedMessage(completion: JsonObject, change: (message: JsonObject) => JsonObject): JsonObject {
  const choice = objectIn(listIn(completion['choices'])[0]);
  return { ...completion, choices: [{ ...choice, message: change(objectIn(choice['message'])) }] };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
