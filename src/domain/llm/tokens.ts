import { LRUCache } from 'lru-cache';
import type { ChatRequest } from './formats/chat/request.ts';
import { isObject, listIn, objectIn, textIn } from './formats/json.ts';
import { createTokenCounter } from './tokenizer/token-counter.ts';

/**
 * How many tokens a request puts in, by the o200k vocabulary and OpenAI's message overhead (OpenAI cookbook, "How to
 * count tokens with tiktoken"). Other vocabularies differ; what a provider reports always wins over this.
 */
export function countRequestTokens({ messages, tools, response_format }: ChatRequest): number {
  return countDialogue(messages, [tools, response_format]);
}

/** The same for a request in Anthropic's format. */
export function countMessagesTokens(request: MessagesLike): number {
  const { messages, system, tools, output_config, output_format } = request;
  return countContent(system) + countDialogue(messages, [tools, output_config, output_format]);
}

type MessagesLike = { messages: readonly unknown[] } & Record<string, unknown>;

/** A text in which nothing is special: `<|endoftext|>` in it is text like any other. */
export function countTextTokens(text: string): number {
  if (text.length < WORTH_REMEMBERING) return count(text);
  const known = counted.get(text);
  if (known !== undefined) return known;
  const tokens = count(text);
  counted.set(text, tokens);
  return tokens;
}

/** Before the first count, so that no caller waits for the vocabulary. */
export function prepareTokens(): void {
  counter();
}

const MESSAGE_TOKENS = 4;
const ANSWER_PRIMER_TOKENS = 3;
/** A picture of 2,048 × 2,048 at high detail takes 1,445 with OpenAI's models, one of 1.15 megapixels 1,600 with Anthropic's. */
const IMAGE_TOKENS = 1_600;
/** Anthropic reckons with 1,500 to 3,000 a page of a PDF. */
const PAGE_TOKENS = 3_000;
const PAGE_BASE64_CHARACTERS = 40_000;

/** A conversation is sent again with every turn, so that most of its texts have been counted before. In characters. */
const WORTH_REMEMBERING = 200;
const counted = new LRUCache<string, number>({ maxSize: 2_000_000, sizeCalculation: (_, text) => text.length });

/** Counting takes the square of the longest stretch without a space, and a caller chooses that; so it is cut. */
const SLICE_CHARACTERS = 256;
const UNBROKEN_CHARACTERS = 64;

function count(text: string): number {
  const countSlice = counter();
  let tokens = 0;
  for (let from = 0; from < text.length;) {
    const to = sliceEnd(text, from);
    tokens += countSlice(text.slice(from, to));
    from = to;
  }
  return tokens;
}

/** Made by the first process that counts: the others need no vocabulary. */
let tokenCounter: ReturnType<typeof createTokenCounter> | undefined;
const counter = () => (tokenCounter ??= createTokenCounter(SLICE_CHARACTERS));

function sliceEnd(text: string, from: number): number {
  const most = from + SLICE_CHARACTERS;
  if (most >= text.length) return text.length;
  const space = text.lastIndexOf(' ', most);
  if (space > from) return space;
  const cut = from + UNBROKEN_CHARACTERS;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(cut - 1));
  return splitsPair ? cut - 1 : cut;
}

function countDialogue(messages: readonly unknown[], declared: readonly unknown[]): number {
  const said = messages.reduce<number>((sum, message) => sum + countMessage(objectIn(message)), 0);
  return said + declared.reduce<number>((sum, part) => sum + (part ? countJson(part) : 0), ANSWER_PRIMER_TOKENS);
}

function countMessage({
  content,
  name,
  tool_calls,
  reasoning_content,
  thinking_blocks,
}: Record<string, unknown>): number {
  const calls = tool_calls ? countJson(tool_calls) : 0;
  const named = typeof name === 'string' ? countTextTokens(name) + 1 : 0;
  const thought = countContent(thinking_blocks ?? reasoning_content);
  return MESSAGE_TOKENS + countContent(content) + calls + named + thought;
}

/** Text, or the parts and blocks of either format. */
function countContent(content: unknown): number {
  if (typeof content === 'string') return countTextTokens(content);
  return listIn(content).reduce<number>((sum, part) => sum + (isObject(part) ? countPart(part) : 0), 0);
}

function countPart(part: Record<string, unknown>): number {
  switch (part['type']) {
    case 'image_url':
    case 'image':
      return IMAGE_TOKENS;
    case 'file':
    case 'document':
      return countDocument(part);
    case 'tool_result':
      return MESSAGE_TOKENS + countContent(part['content']);
    case 'input_audio':
      return Math.ceil(textIn(objectIn(part['input_audio'])['data']).length / 2); // never fewer than it costs
    default:
      return typeof part['text'] === 'string' ? countTextTokens(part['text']) : countJson(part);
  }
}

/** OpenAI's `file` and Anthropic's `document`: text is counted, a PDF by what its pages may take. */
function countDocument({ source, file }: Record<string, unknown>): number {
  const { type, data, content } = objectIn(source);
  if (type === 'text') return countTextTokens(textIn(data));
  if (type === 'content') return countContent(content);
  const encoded = textIn(data) || textIn(objectIn(file)['file_data']);
  return PAGE_TOKENS * Math.max(1, Math.ceil(encoded.length / PAGE_BASE64_CHARACTERS));
}

const countJson = (value: unknown) => countTextTokens(JSON.stringify(value));
