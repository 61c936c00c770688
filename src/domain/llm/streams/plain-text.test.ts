import { expect, test } from '@jest/globals';
import { array, assert, boolean, constant, constantFrom, oneof, property, string } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { sameChatStream } from '../formats/chat/same-stream.ts';
import { watchChatStream } from '../formats/chat/stream-watch.ts';
import { chatToMessagesStream } from '../formats/chat-to-messages/stream.ts';
import type { JsonObject } from '../formats/format.ts';
import { watchMessagesStream } from '../formats/messages/stream-watch.ts';
import { messagesToChatStream } from '../formats/messages-to-chat/stream.ts';
import { chatVoice, messagesVoice, translated } from './client-voice.ts';
import { createRelay } from './relay.ts';
import type { Rewrite } from './relay.ts';
import type { UpstreamWatch } from './upstream-watch.ts';

const chunk = (delta: JsonObject, more: JsonObject = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'upstream',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const piece = (text: string, index = 0) => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'text_delta', text },
});

/** What the client gets, and what is accounted, event by event; `repeats` false parses every event. */
function relayed(events: readonly string[], { watch, rewrite }: Parts, repeats: boolean) {
  const relay = createRelay(watch(), { ...rewrite(), ...(!repeats && { repeats }) });
  const told = events.map((data) => relay.push(Buffer.from(`data: ${data}\n\n`)));
  return { told, written: relay.written() };
}
type Parts = { watch: () => UpstreamWatch; rewrite: () => Rewrite };

const parts: Record<string, Parts> = {
  'chat as it is': { watch: watchChatStream, rewrite: () => sameChatStream({ model: 'public', wantsUsage: false }) },
  'chat as messages': {
    watch: watchChatStream,
    rewrite: () => translated(messagesVoice, chatToMessagesStream({ model: 'public', inputTokens: 1 })),
  },
  'messages as chat': {
    watch: watchMessagesStream,
    rewrite: () => translated(chatVoice, messagesToChatStream({ model: 'public', created: 1, includeUsage: true })),
  },
};

const texts = oneof(
  string({ maxLength: 8 }),
  constantFrom('', 'content', 'text', 'assistant', 'public', 'upstream', ' "', '\\', '\n', '你好', 'é\u2028', 'index'),
);
const chats = oneof(
  { weight: 8, arbitrary: texts.map((content) => chunk({ content })) },
  texts.map((content) => chunk({ role: 'assistant', content })),
  texts.map((content) => chunk({ content }, { logprobs: { content: [] } })),
  texts.map((reasoning_content) => chunk({ reasoning_content })),
  texts.map((content) => ({ ...chunk({ content }), id: 'another' })),
  constant({ ...chunk({}), usage: { prompt_tokens: 1, completion_tokens: 1 } }),
);
const blocks = oneof(
  { weight: 8, arbitrary: texts.map((text) => piece(text)) },
  texts.map((text) => piece(text, 1)),
  texts.map((partial_json) => ({
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json },
  })),
  constant({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  constant({ type: 'content_block_stop', index: 0 }),
  constant({ type: 'ping' }),
);

test.each(Object.entries(parts))('%s: events that are passed on unparsed say the same as parsed ones', (name, part) => {
  const events: Arbitrary<JsonObject> = name.startsWith('messages') ? blocks : chats;
  const same = property(array(events, { maxLength: 30 }), boolean(), (all, spaced) => {
    const stream = all.map((event) =>
      spaced ? JSON.stringify(event, null, 1).replaceAll('\n', ' ') : JSON.stringify(event),
    );
    expect(relayed(stream, part, true)).toEqual(relayed(stream, part, false));
  });
  assert(same, { numRuns: 500 });
});

const disguised = (text: string) =>
  JSON.stringify(chunk({ content: '?' }))
    .replace('"?"', '"\\u0061"')
    .replace('chatcmpl-1', text);

test('a text that only looks like the event’s own is no pattern', () => {
  const stream = [disguised('a'), disguised('a'), disguised('b'), disguised('c')];
  const [as] = Object.values(parts);
  if (!as) throw new Error('no parts');
  expect(relayed(stream, as, true)).toEqual(relayed(stream, as, false));
});
