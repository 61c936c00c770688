import { z } from 'zod';
import type { FakeCall } from '../fake-upstream.ts';
import type { Call, Format } from './answer.ts';

/** What an upstream was told, the same for both formats: so one expectation holds for either. */
export type Heard = {
  /** Names of the tools. */
  tools: string[];
  calls: Call[];
  results: { id: string; text: string }[];
  /** As addresses; what was sent along is a data URL. */
  pictures: string[];
  thinking: { thinking: string; signature: string }[];
};

export function heard(format: Format, call: FakeCall | undefined): Heard {
  return format === 'openai' ? heardInChat(call?.body) : heardInMessages(call?.body);
}

const input = z.record(z.string(), z.unknown());

const chatPart = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.object({ url: z.string() }).optional(),
});
const chatBody = z.object({
  tools: z.array(z.object({ function: z.looseObject({ name: z.string() }) })).default([]),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z
        .union([z.string().transform((text) => [{ type: 'text', text, image_url: undefined }]), z.array(chatPart)])
        .nullish(),
      tool_call_id: z.string().default(''),
      tool_calls: z
        .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
        .default([]),
    }),
  ),
});

function heardInChat(body: unknown): Heard {
  const { tools, messages } = chatBody.parse(body);
  const text = (message: (typeof messages)[number]) => (message.content ?? []).map((part) => part.text ?? '').join('');
  return {
    tools: tools.map((tool) => tool.function.name),
    calls: messages
      .flatMap(({ tool_calls }) => tool_calls)
      .map(({ id, function: called }) => ({ id, name: called.name, input: input.parse(JSON.parse(called.arguments)) })),
    results: messages
      .filter(({ role }) => role === 'tool')
      .map((message) => ({ id: message.tool_call_id, text: text(message) })),
    pictures: messages.flatMap(({ content }) => (content ?? []).flatMap(({ image_url }) => image_url?.url ?? [])),
    thinking: [],
  };
}

const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('url'), url: z.string() }),
  z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
]);
const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), source }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input }),
  z.object({ type: z.literal('tool_result'), tool_use_id: z.string(), content: z.unknown() }),
]);
const texts = z.union([
  z.string(),
  z.array(z.looseObject({ text: z.string() })).transform((all) => all.map(({ text }) => text).join('')),
]);
const messagesBody = z.object({
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  messages: z.array(z.object({ role: z.string(), content: z.union([z.string().transform(() => []), z.array(block)]) })),
});

function heardInMessages(body: unknown): Heard {
  const { tools, messages } = messagesBody.parse(body);
  const blocks = messages.flatMap(({ content }) => content);
  return {
    tools: tools.map(({ name }) => name),
    calls: blocks.flatMap((said) =>
      said.type === 'tool_use' ? { id: said.id, name: said.name, input: said.input } : [],
    ),
    results: blocks.flatMap((said) =>
      said.type === 'tool_result' ? { id: said.tool_use_id, text: texts.parse(said.content) } : [],
    ),
    pictures: blocks.flatMap((said) => (said.type === 'image' ? addressOf(said.source) : [])),
    thinking: blocks.flatMap((said) =>
      said.type === 'thinking' ? { thinking: said.thinking, signature: said.signature } : [],
    ),
  };
}

const addressOf = (shown: z.infer<typeof source>) =>
  shown.type === 'url' ? shown.url : `data:${shown.media_type};base64,${shown.data}`;
