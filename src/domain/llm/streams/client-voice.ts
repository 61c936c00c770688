import type { JsonObject, StreamTranslator } from '../formats/format.ts';
import type { Rewrite } from './relay.ts';

/** How a format's events stand in server-sent events. */
export type ClientVoice = {
  event: (event: JsonObject) => string;
  /** After the last event of a stream that ended well. */
  close: string;
  broken: (message: string) => string;
};

/** https://platform.openai.com/docs/api-reference/chat-streaming */
export const chatVoice: ClientVoice = {
  event: (event) => `data: ${JSON.stringify(event)}\n\n`,
  close: 'data: [DONE]\n\n',
  broken: (message) =>
    `data: ${JSON.stringify({ error: { message, type: 'server_error', param: null, code: 'upstream_failed' } })}\n\n`,
};

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export const messagesVoice: ClientVoice = {
  event: named,
  close: '',
  broken: (message) => named({ type: 'error', error: { type: 'api_error', message } }),
};

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export const responsesVoice: ClientVoice = {
  event: named,
  close: '',
  broken: (message) => named({ type: 'error', code: 'server_error', message, param: null }),
};

function named(event: JsonObject): string {
  return `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The rewriting that a translation between two formats needs. */
export function translated(voice: ClientVoice, ...translators: StreamTranslator[]): Rewrite {
  /** Events of one translator are what the following ones are given. */
  const through = (events: JsonObject[], from: number): JsonObject[] =>
    translators.slice(from).reduce((said, translator) => said.flatMap((event) => translator.next(event)), events);
  const text = (events: JsonObject[]) => events.map((event) => voice.event(event)).join('');
  return {
    repeats: voice !== responsesVoice, // whose events are numbered
    next: (event) => text(through([event], 0)),
    end: () => text(translators.flatMap((translator, at) => through(translator.end(), at + 1))) + voice.close,
    broken: voice.broken,
  };
}
