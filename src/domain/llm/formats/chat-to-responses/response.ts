import type { Consumption } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import type { ResponsesRequest } from '../responses/request.ts';

/**
 * What an answer needs besides the model's words.
 * - `model`: its public name
 * - `responseId`: `resp_…`; the ids of the items are made from it
 * - `created`: seconds since 1970
 */
export type AnswerContext = { request: ResponsesRequest; model: string; responseId: string; created: number };

export type Progress = Outcome & { output: JsonObject[]; usage: Consumption | null };

export type Outcome =
  | { status: 'in_progress' | 'completed'; reason: null }
  | { status: 'incomplete'; reason: 'max_output_tokens' | 'content_filter' };

/** A Response object (https://platform.openai.com/docs/api-reference/responses/object), settings echoed. */
export function responseObject({ request, model, responseId, created }: AnswerContext, progress: Progress): JsonObject {
  return {
    id: responseId,
    object: 'response',
    created_at: created,
    status: progress.status,
    error: null,
    incomplete_details: progress.reason === null ? null : { reason: progress.reason },
    model,
    output: progress.output,
    usage: progress.usage && usageOf(progress.usage),
    ...settingsOf(request),
  };
}

/** How a chat says that it ended; a reason that we do not know is taken for an end of its own accord. */
export function outcomeOf(finishReason: string | null): Outcome {
  if (finishReason === 'length') return { status: 'incomplete', reason: 'max_output_tokens' };
  if (finishReason === 'content_filter') return { status: 'incomplete', reason: 'content_filter' };
  return { status: 'completed', reason: null };
}

function usageOf(usage: Consumption): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** A temperature that the client left open stays `null`: what the model takes then is its provider's affair. */
function settingsOf(request: ResponsesRequest): JsonObject {
  return {
    access_programs: null,
    background: false,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...request.reasoning },
    service_tier: request['service_tier'] ?? 'auto',
    store: false,
    temperature: request.temperature ?? null,
    text: { ...request.text, format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map((tool) => Object.assign({ parameters: null, strict: null }, tool)),
    top_logprobs: 0,
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    ...(typeof request.user === 'string' ? { user: request.user } : {}),
  };
}
