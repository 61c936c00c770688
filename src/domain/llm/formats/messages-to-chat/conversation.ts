import type { JsonObject } from '../format.ts';
import type { MessagesRequest } from '../messages/schema.ts';
import { assistantMessages } from './assistant-turn.ts';
import { textOf } from './content-parts.ts';
import type { Placed } from './content-parts.ts';
import { userMessages } from './user-turn.ts';

/**
 * The conversation as OpenAI has it: the system first, results of tools as messages of their own right after their
 * calls. Anthropic takes messages of one role in a row as one turn; so does this, because results may be spread over them.
 * A last message of the assistant stays one: whether the model goes on from it depends on the model.
 */
export function chatMessages({ system, messages }: MessagesRequest): JsonObject[] {
  const opening = placed(system ?? [], 'system');
  return [...systemMessages(opening), ...turnsOf(messages).flatMap(messagesOf)];
}

type Message = MessagesRequest['messages'][number];
type Turn = { role: Message['role']; blocks: Placed[] };

function turnsOf(messages: Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const blocks = placed(content, `messages.${index}.content`);
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns;
}

function placed(content: string | JsonObject[], path: string): Placed[] {
  if (typeof content === 'string') return [{ block: { type: 'text', text: content }, path }];
  return content.map((block, index) => ({ block, path: `${path}.${index}` }));
}

function messagesOf({ role, blocks }: Turn): JsonObject[] {
  switch (role) {
    case 'system':
      return systemMessages(blocks);
    case 'user':
      return userMessages(blocks);
    case 'assistant':
      return assistantMessages(blocks);
  }
}

/** One text: not every upstream takes parts where no pictures can be. */
function systemMessages(blocks: Placed[]): JsonObject[] {
  return blocks.length === 0 ? [] : [{ role: 'system', content: blocks.map(textOf).join('\n\n') }];
}
