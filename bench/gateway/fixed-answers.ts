import { TOKEN } from '../load/token-watch.ts';

/** What both formats charge: 12 tokens in, 16 out, however many words a paced stream has. */
export const fixedUsage = { input: 12, output: 16 } as const;

export type FixedFormat = {
  whole: string;
  /** A stream as events: the opening, one token any number of times, and the end. */
  opening: string;
  token: string;
  ending: string;
};

const WORDS = 16;
const text = `${TOKEN} `.repeat(WORDS).trim();

const chatUsage = {
  prompt_tokens: fixedUsage.input,
  completion_tokens: fixedUsage.output,
  total_tokens: fixedUsage.input + fixedUsage.output,
};
const chat = (object: string, choices: object[], more: object = {}) =>
  JSON.stringify({ id: 'chatcmpl-fixed', object, created: 1, model: 'fixed', choices, ...more });
const chunk = (choices: object[], more: object = {}) => `data: ${chat('chat.completion.chunk', choices, more)}\n\n`;
const delta = (content: object, finish: string | null = null) =>
  chunk([{ index: 0, delta: content, finish_reason: finish }]);

export const openaiAnswers: FixedFormat = {
  whole: chat('chat.completion', [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }], {
    usage: chatUsage,
  }),
  opening: delta({ role: 'assistant', content: '' }),
  token: delta({ content: `${TOKEN} ` }),
  ending: `${delta({}, 'stop')}${chunk([], { usage: chatUsage })}data: [DONE]\n\n`,
};

const message = (content: object[], more: object) => ({
  id: 'msg_fixed',
  type: 'message',
  role: 'assistant',
  model: 'fixed',
  content,
  stop_reason: null,
  stop_sequence: null,
  ...more,
});
const event = (type: string, more: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const inputUsage = { input_tokens: fixedUsage.input, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

export const anthropicAnswers: FixedFormat = {
  whole: JSON.stringify(
    message([{ type: 'text', text }], {
      stop_reason: 'end_turn',
      usage: { ...inputUsage, output_tokens: fixedUsage.output },
    }),
  ),
  opening:
    event('message_start', { message: message([], { usage: { ...inputUsage, output_tokens: 1 } }) }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  token: event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: `${TOKEN} ` } }),
  ending:
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: fixedUsage.output },
    }) +
    event('message_stop'),
};

/** A stream that comes at once. */
export const burst = ({ opening, token, ending }: FixedFormat): string => opening + token.repeat(WORDS) + ending;
