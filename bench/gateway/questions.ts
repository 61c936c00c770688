import { nonce } from '../load/request-template.ts';
import type { Question } from '../load/request-template.ts';
import { fixedUsage } from './fixed-answers.ts';

const prompt = `Which tomatoes grow well on a small and sunny balcony, and how often do they want water? ${nonce}`;
const system = 'You are a gardener who answers in a few plain sentences.';
const chatMessages = [
  { role: 'system', content: system },
  { role: 'user', content: prompt },
];

/** The names under which the gateway offers the fixed upstream: in the OpenAI format, and in Anthropic's. */
export const models = ['fixed', 'paced-64x20', 'paced-8x5', 'paced-16x2'] as const;
export type FixedModel = (typeof models)[number];
export const throughAnthropic = (model: FixedModel) => `${model}-anthropic` as const;

const chat = (model: string, stream: boolean) => ({
  path: '/v1/chat/completions',
  body: { model, messages: chatMessages, max_tokens: 32, stream },
});
const messages = (model: string, stream: boolean) => ({
  path: '/v1/messages',
  body: { model, system, messages: [{ role: 'user', content: prompt }], max_tokens: 32, stream },
});

const chatUsage = [`"prompt_tokens":${fixedUsage.input}`, `"completion_tokens":${fixedUsage.output}`] as const;
const messageUsage = [`"input_tokens":${fixedUsage.input}`, `"output_tokens":${fixedUsage.output}`] as const;

export const chatJson = (model: string): Question => ({ ...chat(model, false), answer: chatUsage });
export const chatStream = (model: string): Question => ({ ...chat(model, true), answer: ['data: [DONE]'] });
export const messagesJson = (model: string): Question => ({ ...messages(model, false), answer: messageUsage });
export const messagesStream = (model: string): Question => ({
  ...messages(model, true),
  answer: [...messageUsage, '"message_stop"'],
});

/** The same with usage asked for, so that its usage can be checked as that of the other format is. */
export function countedChatStream(model: string): Question {
  const { path, body } = chat(model, true);
  return {
    path,
    body: { ...body, stream_options: { include_usage: true } },
    answer: [...chatUsage, 'data: [DONE]'],
  };
}
