import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import { readInputItem } from '../responses/input-item.ts';
import type { InputItem } from '../responses/input-item.ts';
import type { ResponsesRequest } from '../responses/request.ts';
import { AssistantTurn, isOfAssistant } from './assistant-turn.ts';
import type { AssistantItem } from './assistant-turn.ts';
import { chatContent, systemContent } from './content-parts.ts';

type ChatMessage = ChatRequest['messages'][number];

/** @throws AppError `invalid_request` for an item or a part that a chat cannot say */
export function conversationOf({ instructions, input }: ResponsesRequest): ChatMessage[] {
  const system: ChatMessage[] = instructions ? [{ role: 'system', content: instructions }] : [];
  const messages = typeof input === 'string' ? [userSays(input)] : messagesOf(input);
  if (messages.length === 0) throw inexpressible('input', 'must have more than reasoning');
  return [...system, ...messages];
}

const userSays = (content: string): ChatMessage => ({ role: 'user', content });

function messagesOf(items: Exclude<ResponsesRequest['input'], string>): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let turn = new AssistantTurn();
  for (const [index, raw] of items.entries()) {
    const path = `input.${index}`;
    const item = readInputItem(raw, path);
    if (isOfAssistant(item)) {
      turn.add(item, path);
      continue;
    }
    messages.push(...turn.messages(), messageOf(item, path));
    turn = new AssistantTurn();
  }
  return [...messages, ...turn.messages()];
}

function messageOf(item: Exclude<InputItem, AssistantItem>, path: string): ChatMessage {
  if (item.type === 'function_call_output') {
    return { role: 'tool', tool_call_id: item.call_id, content: chatContent(item.output) };
  }
  if (item.role === 'user') return { role: 'user', content: chatContent(item.content) };
  return { role: item.role, content: systemContent(item.content, `${path}.content`) };
}
