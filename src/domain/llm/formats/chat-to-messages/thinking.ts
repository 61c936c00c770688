import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, textIn } from '../json.ts';
import type { Turn } from './conversation.ts';
import { forcesTool } from './tools.ts';

/**
 * `reasoning_effort` as Anthropic's thinking (https://platform.claude.com/docs/en/build-with-claude/thinking): from
 * Claude 4.6 on the model decides by an effort, all others get a budget of tokens within `max_tokens`. A client may
 * also send Anthropic's own `thinking`, which then wins.
 *
 * With a budget, Anthropic refuses to go on with a tool call that was not preceded by signed thinking, and OpenAI's
 * clients do not keep it. Such a request goes without thinking; the next turn thinks again.
 * @throws AppError `invalid_request` when thinking does not go with `max_tokens`, sampling or a forced tool
 */
export function thinkingOf(body: ChatRequest, { model, maxTokens, turns }: Setting): Thinking {
  const asked = isObject(body['thinking'])
    ? { thinking: body['thinking'], effort: null }
    : fromEffort(body['reasoning_effort'], { model, maxTokens, turns });
  if (asked.thinking && thinkingTypes.has(asked.thinking['type'])) refuseBesideThinking(body);
  return asked;
}

type Setting = { model: string; maxTokens: number; turns: Turn[] };
type Thinking = { thinking: JsonObject | null; effort: string | null };

const thinkingTypes = new Set<unknown>(['enabled', 'adaptive']);
const LEAST_BUDGET_TOKENS = 1_024;

/** How far each of OpenAI's efforts goes: as Anthropic's effort, and as a budget of tokens. */
const efforts = new Map<string, { effort: string; budgetTokens: number }>([
  ['minimal', { effort: 'low', budgetTokens: LEAST_BUDGET_TOKENS }],
  ['low', { effort: 'low', budgetTokens: 2_048 }],
  ['medium', { effort: 'medium', budgetTokens: 8_192 }],
  ['high', { effort: 'high', budgetTokens: 16_384 }],
  ['xhigh', { effort: 'xhigh', budgetTokens: 32_768 }],
  ['max', { effort: 'max', budgetTokens: 65_536 }],
]);

function fromEffort(wanted: unknown, { model, maxTokens, turns }: Setting): Thinking {
  if (wanted === null || wanted === undefined) return { thinking: null, effort: null };
  if (wanted === 'none') return { thinking: { type: 'disabled' }, effort: null };
  const level = efforts.get(textIn(wanted));
  if (!level) throw inexpressible('reasoning_effort', `must be none, ${[...efforts.keys()].join(', ')}`);
  const version = claudeVersion(model);
  if (version >= ADAPTIVE_SINCE) {
    const effort = version < XHIGH_SINCE && level.effort === 'xhigh' ? 'max' : level.effort;
    return { thinking: { type: 'adaptive', display: 'summarized' }, effort };
  }
  if (maxTokens <= LEAST_BUDGET_TOKENS) {
    throw inexpressible('reasoning_effort', `needs a limit of more than ${LEAST_BUDGET_TOKENS} output tokens`);
  }
  if (continuesUnsignedCall(turns)) return { thinking: null, effort: null };
  return { thinking: { type: 'enabled', budget_tokens: budgetWithin(maxTokens, level.budgetTokens) }, effort: null };
}

/** A quarter of the limit stays for the answer itself. */
function budgetWithin(maxTokens: number, wantedTokens: number): number {
  return Math.max(LEAST_BUDGET_TOKENS, Math.min(wantedTokens, Math.floor(maxTokens * 0.75)));
}

const ADAPTIVE_SINCE = 406;
const XHIGH_SINCE = 407;

/** 406 for `claude-opus-4-6`, 400 for `claude-opus-4-20250514`, 0 for what is no Claude or an older one. */
function claudeVersion(model: string): number {
  const found = /claude-(?:opus|sonnet|haiku|fable|mythos)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model);
  return found ? Number(found[1]) * 100 + Number(found[2] ?? 0) : 0;
}

/** Whether the calls that this request brings the results of began without thinking that Anthropic would take. */
function continuesUnsignedCall(turns: Turn[]): boolean {
  let opening: Turn | undefined;
  for (let at = turns.length - 1; at > 0 && has(turns[at], 'tool_result'); at -= 2) opening = turns[at - 1];
  const first = opening?.content[0]?.['type'];
  return has(opening, 'tool_use') && first !== 'thinking' && first !== 'redacted_thinking';
}

function has(turn: Turn | undefined, type: string): boolean {
  return turn?.content.some((block) => block['type'] === type) ?? false;
}

/** What Anthropic does not take beside thinking. */
function refuseBesideThinking(body: ChatRequest): void {
  const { temperature, top_p } = body;
  const beside = 'while the model reasons; leave it out or set reasoning_effort to none';
  if (typeof temperature === 'number' && temperature !== 1) {
    throw inexpressible('temperature', `an Anthropic model takes only 1 ${beside}`);
  }
  if (typeof top_p === 'number' && top_p < 0.95) throw inexpressible('top_p', `must be at least 0.95 ${beside}`);
  if (typeof body['top_k'] === 'number') throw inexpressible('top_k', `cannot be set ${beside}`);
  if (forcesTool(body))
    throw inexpressible('tool_choice', `an Anthropic model cannot be made to call a tool ${beside}`);
}
