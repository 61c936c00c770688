/** Which activities each kind of worker registers. */
import type { TurnRuns } from '../domain/turns/turns.ts';
import type { Services } from '../services.ts';
import { analyticsActivities } from './analytics.ts';
import { articleActivities } from './articles.ts';
import { browserActivities } from './browser.ts';
import type { BrowserWorker } from './session-job.ts';
import { llmActivities } from './llm.ts';
import { loginActivities } from './login-hand-off.ts';
import { noticeActivities } from './notices.ts';
import { publishingActivities } from './publishing.ts';
import { recurringActivities } from './recurring.ts';
import { turnActivities } from './turns.ts';
import { usageActivities } from './usage.ts';

export const createOrchestratorActivities = (services: Services & { turnRuns: TurnRuns }) => ({
  ...articleActivities(services),
  ...analyticsActivities(services),
  ...publishingActivities(services),
  ...recurringActivities(services),
  ...turnActivities(services),
  ...usageActivities(services),
});
export type OrchestratorActivities = ReturnType<typeof createOrchestratorActivities>;

export const createOutsideActivities = (services: Services) => noticeActivities(services);
export type OutsideActivities = ReturnType<typeof createOutsideActivities>;

export const createLlmActivities = (services: Services) => llmActivities(services);
export type LlmActivities = ReturnType<typeof createLlmActivities>;

export const createBrowserActivities = (worker: BrowserWorker) => ({
  ...browserActivities(worker),
  ...loginActivities(worker),
});
export type BrowserActivities = ReturnType<typeof createBrowserActivities>;
