import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { assistantBlocks } from './assistant-message.ts';
import { contentBlocks, textBlocks } from './content-parts.ts';
import { present } from '../present.ts';
import { toolUseId } from './tool-calls.ts';

export type ChatMessage = ChatRequest['messages'][number];
export type Turn = { role: 'user' | 'assistant'; content: JsonObject[] };
export type Conversation = { system: JsonObject[]; turns: Turn[] };

/**
 * The messages of a chat as Anthropic has them: turns that alternate, results of tools in the user's turn.
 * - System and developer messages at the start are `system`. A later one keeps its place, because what it says holds
 *   from there on; it becomes a `<system>` text of the user's turn, which every model of the format understands.
 * - A text of white space alone says nothing, and Anthropic refuses it: it is left out.
 * - A user's `name` tells speakers apart, so it is said before the text. The name of an assistant or of a tool is not.
 */
export function conversationOf(messages: ChatMessage[]): Conversation {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const path = `messages.${index}`;
    if (isSystem(message) && turns.length === 0) {
      system.push(...marked(message, textBlocks(message.content, path)));
    } else {
      append(turns, message.role === 'assistant' ? 'assistant' : 'user', marked(message, blocksOf(message, path)));
    }
  }
  if (turns.length === 0) throw inexpressible('messages', 'an Anthropic model needs a message of the user with a text');
  return { system, turns: turns.map(resultsFirst) };
}

function isSystem({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

/** `cache_control` of a message (LiteLLM's extension) marks the last of its blocks. */
function marked(message: ChatMessage, blocks: JsonObject[]): JsonObject[] {
  const cacheControl = message['cache_control'];
  const last = blocks.at(-1);
  if (!cacheControl || !last) return blocks;
  return [...blocks.slice(0, -1), { ...last, cache_control: cacheControl }];
}

function blocksOf(message: ChatMessage, path: string): JsonObject[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      return textBlocks(message.content, path).map(asSystemText);
    case 'user':
      return named(message, contentBlocks(message.content, path));
    case 'assistant':
      return assistantBlocks(message, path);
    case 'tool':
      return [toolResult(message, path)];
    case 'function':
      throw inexpressible(`${path}.role`, 'functions are deprecated; use tools');
  }
}

function asSystemText(block: JsonObject): JsonObject {
  return { ...block, text: `<system>\n${String(block['text'])}\n</system>` };
}

function named({ name }: ChatMessage, blocks: JsonObject[]): JsonObject[] {
  return name ? [{ type: 'text', text: `${name}:` }, ...blocks] : blocks;
}

function toolResult(message: ChatMessage, path: string): JsonObject {
  if (!message.tool_call_id) throw inexpressible(`${path}.tool_call_id`, 'is required');
  const content = contentBlocks(message.content, path);
  return present({
    type: 'tool_result',
    tool_use_id: toolUseId(message.tool_call_id),
    content: content.length > 0 ? content : undefined,
  });
}

function append(turns: Turn[], role: Turn['role'], blocks: JsonObject[]): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: [...blocks] });
}

/** Anthropic wants the results of tools before anything else that the user says in the same turn. */
function resultsFirst(turn: Turn): Turn {
  const results = turn.content.filter(({ type }) => type === 'tool_result');
  if (results.length === 0) return turn;
  return { ...turn, content: [...results, ...turn.content.filter(({ type }) => type !== 'tool_result')] };
}
