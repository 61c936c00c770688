import type { FakeReply } from '../fake-upstream.ts';
import { halves } from './answer.ts';
import type { Call, ToldAnswer, Used } from './answer.ts';

/** An answer in OpenAI's format, with the `reasoning_content` of DeepSeek and others. */
export function chatReply(answer: ToldAnswer, streamed: boolean): FakeReply {
  return streamed ? { events: [...chunksOf(answer), 'data: [DONE]\n\n'] } : { body: completionOf(answer) };
}

const about = { id: 'chatcmpl-judged', created: 1_700_000_000, model: 'upstream' };
const reasons = { finished: 'stop', calling: 'tool_calls', cut: 'length', refused: 'content_filter' } as const;

function completionOf({ thinking, pieces = [], calls = [], used, end }: ToldAnswer) {
  const message = {
    role: 'assistant',
    content: pieces.length > 0 ? pieces.join('') : null,
    refusal: null,
    ...(thinking !== undefined && { reasoning_content: thinking }),
    ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }),
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: reasons[end] }];
  return { ...about, object: 'chat.completion', choices, usage: usageOf(used) };
}

function chunksOf({ thinking, pieces = [], calls = [], used, end }: ToldAnswer): object[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...(thinking === undefined ? [] : halves(thinking).map((piece) => chunk({ reasoning_content: piece }))),
    ...pieces.map((content) => chunk({ content })),
    ...calls.flatMap(callChunks),
    chunk({}, reasons[end]),
    { ...about, object: 'chat.completion.chunk', choices: [], usage: usageOf(used) },
  ];
}

function chunk(delta: object, reason: string | null = null) {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: reason }];
  return { ...about, object: 'chat.completion.chunk', choices, usage: null };
}

function callChunks(call: Call, index: number): object[] {
  const { function: called, ...rest } = toolCall(call);
  return [
    chunk({ tool_calls: [{ index, ...rest, function: { ...called, arguments: '' } }] }),
    ...halves(called.arguments).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ];
}

const toolCall = ({ id, name, input }: Call) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
});

/** OpenAI knows one kind of cache write; everything is part of `prompt_tokens`. */
function usageOf({ fresh, cacheRead, cacheWrite5m, cacheWrite1h, out, thinking }: Used) {
  const written = cacheWrite5m + cacheWrite1h;
  const input = fresh + cacheRead + written;
  return {
    prompt_tokens: input,
    completion_tokens: out,
    total_tokens: input + out,
    prompt_tokens_details: { cached_tokens: cacheRead, ...(written > 0 && { cache_write_tokens: written }) },
    completion_tokens_details: { reasoning_tokens: thinking },
  };
}
