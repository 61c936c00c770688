import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';

/**
 * Refuses a field that would change the answer and cannot be said in chat completions. A field that Anthropic does not
 * know either is refused by its name: we cannot tell what it would have done. `null` asks for nothing.
 * @param path of the object that has the fields; empty for the body
 * @throws AppError `invalid_request`
 */
export function refuseInexpressibleFields(fields: JsonObject, rules: FieldRules, path = ''): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule !== undefined && isExpressible(value, rule)) continue;
    throw inexpressible(path === '' ? name : `${path}.${name}`, NO_COUNTERPART);
  }
}

export const NO_COUNTERPART = 'has no counterpart in the OpenAI format of the model that would answer';

/**
 * - `said`: is said in the other format too, in `request.ts` and the files beside it.
 * - `hint`: asks for speed or reports and does not change what a good answer is; it is dropped.
 * - `only`: has no counterpart, but these values ask for nothing.
 */
export type FieldRules = Readonly<Record<string, FieldRule>>;
type FieldRule = 'said' | 'hint' | { only: readonly unknown[] };

/** What becomes of every field of a request (https://platform.claude.com/docs/en/api/beta/messages/create). */
export const bodyFields: FieldRules = {
  model: 'said',
  messages: 'said',
  system: 'said',
  max_tokens: 'said',
  stream: 'said',
  temperature: 'said',
  top_p: 'said',
  stop_sequences: 'said',
  tools: 'said',
  tool_choice: 'said',
  thinking: 'said',
  output_config: 'said',
  output_format: 'said',
  metadata: 'said', // there is nothing in it but user_id
  service_tier: 'said',

  cache_control: 'hint', // OpenAI's upstreams cache by themselves
  diagnostics: 'hint', // on how the cache did

  top_k: { only: [] }, // OpenAI refuses it; some others would take it, and none tells
  speed: { only: ['standard'] },
  inference_geo: { only: [] },
  container: { only: [] },
  context_management: { only: [{}, { edits: [] }] },
  compaction: { only: [] },
  mcp_servers: { only: [[]] },
  fallbacks: { only: [[]] },
  fallback_credit_token: { only: [] },
  billing_policy: { only: [] },
  thread: { only: [] },
};

export const outputConfigFields: FieldRules = { effort: 'said', format: 'said', task_budget: { only: [] } };

function isExpressible(value: unknown, rule: FieldRule): boolean {
  if (typeof rule === 'string') return true;
  const asked = JSON.stringify(value);
  return rule.only.some((allowed) => JSON.stringify(allowed) === asked);
}
