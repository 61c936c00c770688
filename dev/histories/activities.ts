import type {
  BrowserActivities,
  LlmActivities,
  OrchestratorActivities,
  OutsideActivities,
} from '../../src/activities/index.ts';
import { newChain } from '../../src/domain/llm/chain.policy.ts';

export type Activities = OrchestratorActivities & OutsideActivities & LlmActivities & BrowserActivities;

/** Every activity, in a world where nothing goes wrong. A case of a history puts its faults in. */
export const honestActivities: Activities = {
  askForArticle: async ({ articleId, step, attempt }) => ({ completionId: `${articleId}:${step}:${attempt}` }),
  acceptForArticle: async () => ({ usable: true, redraft: false }),
  illustrateArticle: async () => {},
  finishArticle: async () => {},
  failArticle: async () => {},
  cancelArticle: async () => {},

  planCompletion: async ({ completionId }) => ({ chain, requestId: completionId }),
  attemptCompletion: async () => ({ kind: 'answered' }),
  finishCompletion: async () => {},

  startRun: async () => ({ isMine: true, mostLateMs: 3_600_000, evidenceUrl: 'https://api.example/evidence' }),
  movePublicationTime: async () => {},
  applyEdit: async () => {},
  movePublication: async () => {},
  beginRound: async () => ({ commitRound: 1 }),
  recordFailure: async () => {},
  closeCommitRound: async () => ({ neverClicked: false }),
  reopenCommit: async () => {},
  markNeedsLogin: async () => {},

  askForTurn: async () => ({ kind: 'yours' }),
  giveBackTurn: async () => {},
  giveTurn: async () => ({ kind: 'nobody' }),
  coolDown: async () => ({ until: '2026-01-01T00:00:00.000Z' }),
  endPublication: async () => {},

  nextOccurrence: async () => ({ kind: 'ended' }),
  makeOccurrence: async () => null,

  reserveSession: async () => ({ workerId }),
  preparePost: async () => {},
  commitPost: async () => ({ postId: '7', url: 'https://blog.example/7' }),
  handOffLogin: async () => ({ outcome: 'solved' }),
  settlePost: async () => ({ outcome: 'published', postId: '7', url: 'https://blog.example/7' }),

  accountsToCollect: async () => ({ accounts: [{ accountId: 'acc_1', userId: 'usr_1' }], next: null }),
  postsToCollect: async () => ({ postIds: ['7'] }),
  collectNumbers: async ({ postIds }) => ({ numbers: postIds.map((postId) => ({ postId, views: 7, comments: 1 })) }),
  recordNumbers: async () => {},

  attemptDelivery: async () => ({ state: 'delivered' }),
  mailNotice: async () => {},

  reconcileUsers: async () => ({ scopes: 3, repaired: 1, busy: 0, next: null }),
};

/** The one browser worker of this world. */
export const workerId = 'w1';

const candidate = (modelId: string) => ({
  modelId,
  modelName: modelId,
  providerId: `${modelId}-provider`,
  contextTokens: 32_000,
  credentials: 1,
});

const plan = { candidates: [candidate('first'), candidate('second')], retryCount: 1, fallbackEnabled: true };
const chain = newChain(plan, 10_000);
