import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { ChatRequest } from './chat-request.ts';

/**
 * How many tokens a request puts in, by the o200k vocabulary and OpenAI's message overhead (OpenAI cookbook, "How to
 * count tokens with tiktoken"). Other vocabularies differ; what a provider reports always wins over this.
 */
export function countRequestTokens({ messages, tools, response_format }: ChatRequest): number {
  const said = messages.reduce((sum, message) => sum + countMessage(message), 0);
  const declared = [tools, response_format].reduce((sum, part) => sum + (part ? countJson(part) : 0), 0);
  return said + declared + ANSWER_PRIMER_TOKENS;
}

/** A text in which nothing is special: `<|endoftext|>` in it is text like any other. */
export function countTextTokens(text: string): number {
  let count = 0;
  for (let from = 0; from < text.length;) {
    const to = sliceEnd(text, from);
    count += countTokens(text.slice(from, to), PLAIN);
    from = to;
  }
  return count;
}

const PLAIN = { disallowedSpecial: new Set<string>() };
const MESSAGE_TOKENS = 4;
const ANSWER_PRIMER_TOKENS = 3;
/** A picture of 2,048 × 2,048 at high detail takes 1,445 with the models that take most. */
const IMAGE_TOKENS = 1_500;

/** Counting takes the square of the longest stretch without a space, and a caller chooses that; so it is cut. */
const SLICE_CHARACTERS = 256;
const UNBROKEN_CHARACTERS = 64;

function sliceEnd(text: string, from: number): number {
  const most = from + SLICE_CHARACTERS;
  if (most >= text.length) return text.length;
  const space = text.lastIndexOf(' ', most);
  if (space > from) return space;
  const cut = from + UNBROKEN_CHARACTERS;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(cut - 1));
  return splitsPair ? cut - 1 : cut;
}

type Message = ChatRequest['messages'][number];

function countMessage({ content, name, tool_calls }: Message): number {
  const calls = tool_calls ? countJson(tool_calls) : 0;
  const named = name ? countTextTokens(name) + 1 : 0;
  return MESSAGE_TOKENS + countContent(content) + calls + named;
}

function countContent(content: Message['content']): number {
  if (typeof content === 'string') return countTextTokens(content);
  return (content ?? []).reduce((sum, part) => sum + countPart(part), 0);
}

function countPart(part: Record<string, unknown>): number {
  if (part['type'] === 'image_url') return IMAGE_TOKENS;
  if (typeof part['text'] === 'string') return countTextTokens(part['text']);
  return Math.ceil(JSON.stringify(part).length / 2); // audio and files: encoded bytes, never fewer than they cost
}

const countJson = (value: unknown) => countTextTokens(JSON.stringify(value));
