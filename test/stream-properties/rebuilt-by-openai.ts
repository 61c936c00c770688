import OpenAI from 'openai';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';

/** What the official client makes of the events, without what it adds itself. */
export async function rebuiltByOpenAi(events: readonly JsonObject[]): Promise<JsonObject> {
  const body = events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://upstream.invalid/v1',
    maxRetries: 0,
    fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  });
  const response = await client.responses.stream({ model: 'm', input: 'hi' }).finalResponse();
  return JSON.parse(JSON.stringify(response, (key, value: unknown) => (added.has(key) ? undefined : value)));
}

const added = new Set(['output_text', 'output_parsed', 'parsed', 'parsed_arguments', '_request_id']);
