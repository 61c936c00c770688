import { inexpressible } from '../format.ts';
import type { MessagesRequest } from '../messages/schema.ts';

/**
 * How much the model may think, as OpenAI's `reasoning_effort`. Anthropic's own efforts have the same names and win; a
 * budget of tokens becomes the effort that `chat-to-messages` would give such a budget. Without either, and where
 * thinking is adaptive or disabled, the model's default stands: not every model of the format knows `none`.
 * @throws AppError `invalid_request`
 */
export function reasoningEffortOf({ thinking, output_config }: MessagesRequest): string | undefined {
  const ofBudget = thinking ? fromThinking(thinking) : undefined;
  const effort = output_config?.effort;
  if (effort === null || effort === undefined) return ofBudget;
  if (efforts.has(effort)) return effort;
  throw inexpressible('output_config.effort', `must be ${[...efforts].join(', ')}`);
}

const efforts = new Set(['low', 'medium', 'high', 'xhigh', 'max']);

function fromThinking({ type, budget_tokens }: NonNullable<MessagesRequest['thinking']>): string | undefined {
  switch (type) {
    case 'adaptive':
    case 'disabled':
      return undefined;
    case 'enabled':
      if (!budget_tokens) throw inexpressible('thinking.budget_tokens', 'is required');
      return effortOfBudget(budget_tokens);
    default:
      throw inexpressible('thinking.type', 'an OpenAI model thinks enabled, adaptive or disabled');
  }
}

const MEDIUM_FROM_TOKENS = 4_096;
const HIGH_FROM_TOKENS = 16_384;

function effortOfBudget(budgetTokens: number): string {
  if (budgetTokens < MEDIUM_FROM_TOKENS) return 'low';
  return budgetTokens < HIGH_FROM_TOKENS ? 'medium' : 'high';
}
