import type { ChatRequest } from '../chat/request.ts';
import type { JsonObject } from '../format.ts';
import { openThinking } from '../responses/encrypted-content.ts';
import type { AssistantPart, InputItem } from '../responses/input-item.ts';

type ChatMessage = ChatRequest['messages'][number];
type ToolCall = NonNullable<ChatMessage['tool_calls']>[number];
type Said = { type: 'text'; text: string } | { type: 'refusal'; refusal: string };

export type AssistantItem = Exclude<
  InputItem,
  { type: 'function_call_output' } | { role: 'user' | 'system' | 'developer' }
>;

export function isOfAssistant(item: InputItem): item is AssistantItem {
  if (item.type === 'message') return item.role === 'assistant';
  return item.type !== 'function_call_output';
}

/**
 * Reasoning, texts and calls that follow each other are one message of a chat: its tool results must come right after
 * the message with the calls, so no other message may stand between.
 */
export class AssistantTurn {
  readonly #thinking: JsonObject[] = [];
  readonly #said: Said[] = [];
  readonly #calls: ToolCall[] = [];

  /** @throws AppError `invalid_request` for reasoning of ours that was changed */
  add(item: AssistantItem, path: string): void {
    switch (item.type) {
      case 'message':
        this.#said.push(...saidIn(item.content));
        break;
      case 'function_call':
        this.#calls.push(chatCall(item));
        break;
      case 'reasoning':
        this.#thinking.push(...restored(item, path));
    }
  }

  /** None when there is only reasoning: it led to nothing, and a chat has no message of that alone. */
  messages(): ChatMessage[] {
    if (this.#said.length === 0 && this.#calls.length === 0) return [];
    return [
      {
        role: 'assistant',
        content: contentOf(this.#said),
        ...(this.#calls.length > 0 ? { tool_calls: this.#calls } : {}),
        ...(this.#thinking.length > 0 ? { thinking_blocks: this.#thinking } : {}),
      },
    ];
  }
}

function contentOf(said: Said[]): ChatMessage['content'] {
  const [first, ...rest] = said;
  if (first === undefined) return null;
  return first.type === 'text' && rest.length === 0 ? first.text : said;
}

/** Citations, log probabilities and `phase` describe what was said; a chat has no place for them in what is sent back. */
function saidIn(content: string | AssistantPart[]): Said[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) =>
    part.type === 'refusal' ? { type: 'refusal', refusal: part.refusal } : { type: 'text', text: part.text },
  );
}

function chatCall({ call_id, name, arguments: given }: Extract<InputItem, { type: 'function_call' }>): ToolCall {
  return { id: call_id, type: 'function', function: { name, arguments: given } };
}

/**
 * Reasoning that we did not seal is left out on purpose: only its own service can read it, and its plain text or
 * summary is for people. Chat providers refuse or ignore reasoning that they cannot prove to be theirs.
 */
function restored({ encrypted_content }: Extract<InputItem, { type: 'reasoning' }>, path: string): JsonObject[] {
  return encrypted_content ? (openThinking(encrypted_content, `${path}.encrypted_content`) ?? []) : [];
}
