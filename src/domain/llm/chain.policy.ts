/**
 * What to do next in a fallback chain. Pure: the proxy and the durable run both ask it, and only carry out the answer.
 * Everything in it is plain JSON, so that a workflow can carry it.
 */
export function next(chain: Chain, outcome: AttemptOutcome): NextStep {
  if (outcome.kind !== 'failed') return { do: 'stop', outcome, chain };
  switch (classify(outcome)) {
    case 'caller':
      return { do: 'stop', outcome, chain };
    case 'credential':
      return nextCredential(chain, outcome);
    case 'busy':
      return waitOrAdvance(chain, outcome);
    case 'full':
      return advanceOrWait(chain, outcome);
    case 'too-long':
      return advance({ ...chain, candidates: largerOnly(chain) }, outcome);
    case 'down':
      return advance(chain, outcome);
  }
}

/** The first step. A chain without candidates stops at once. */
export function start(chain: Chain): NextStep {
  return tryOr(chain, { kind: 'failed', reason: 'gone', status: null, retryAfterMs: null, random: 0 });
}

export function newChain({ candidates, retryCount, fallbackEnabled }: ChainPlan, maxWaitMs: number): Chain {
  return { candidates, credential: 0, retriesLeft: retryCount, retriesHere: 0, fallbackEnabled, maxWaitMs };
}

/** One deployment of a model. `credentials` says how many its provider has; none of them stands here. */
export type Candidate = {
  modelId: string;
  modelName: string;
  providerId: string;
  contextTokens: number;
  credentials: number;
};

/** A candidate, and which of its provider's credentials to use. */
export type Choice = Candidate & { credential: number };

export type ChainPlan = { candidates: Candidate[]; retryCount: number; fallbackEnabled: boolean };

export type Chain = {
  /** In the order to try; the first is the current one. */
  candidates: Candidate[];
  credential: number;
  /** Over the whole chain, so that an outage does not multiply the load. */
  retriesLeft: number;
  retriesHere: number;
  fallbackEnabled: boolean;
  /** An upstream that asks for more patience than this is passed over. */
  maxWaitMs: number;
};

/**
 * How one attempt ended. `answered`: the whole answer is here; `started`: its first byte has gone out, so nothing may be
 * tried any more; `cancelled`: the caller has gone.
 */
export type AttemptOutcome = { kind: 'answered' } | { kind: 'started' } | { kind: 'cancelled' } | Failure;

export type Failure = {
  kind: 'failed';
  reason: FailureReason;
  /** The upstream's HTTP status, when it came to one. */
  status: number | null;
  retryAfterMs: number | null;
  /** 0 to 1, drawn by whoever ran the attempt: the jitter of the wait that may follow. */
  random: number;
};

/**
 * `status`: the upstream refused by its status; `too-long`: more tokens than the model's context; `unreachable`: no
 * connection; `network`: it broke; `timeout`: no answer in time; `resting`: the breaker is open; `cooling`: it has told
 * somebody else that it is too busy; `rate-limited`: we have asked it as often as we may; `bad-answer`: not in the format
 * that was expected; `gone`: the deployment is no longer in the catalog.
 */
export type FailureReason =
  | 'status'
  | 'too-long'
  | 'unreachable'
  | 'network'
  | 'timeout'
  | 'resting'
  | 'cooling'
  | 'rate-limited'
  | 'bad-answer'
  | 'gone';

export type NextStep =
  | { do: 'try'; candidate: Choice; chain: Chain }
  | { do: 'wait'; ms: number; candidate: Choice; chain: Chain; because: Failure }
  | { do: 'stop'; outcome: AttemptOutcome; chain: Chain };

/** The same chain without another try at what has failed: other candidates are still asked. */
export const withoutRetries = (chain: Chain): Chain => ({ ...chain, retriesLeft: 0 });

/** Whether an upstream was too busy, by its own word or by our count. */
export const isTooBusy = ({ reason, status }: Failure): boolean =>
  reason === 'cooling' || reason === 'rate-limited' || status === 429 || status === 529;

/** Whether the failure is the caller's own: no other model would do better, and no breaker may count it. */
export function isCallersFault(failure: Failure): boolean {
  const kind = classify(failure);
  return kind === 'caller' || kind === 'too-long';
}

function classify({ reason, status }: Failure): Classified {
  switch (reason) {
    case 'status':
      return classifyStatus(status ?? 500);
    case 'too-long':
      return 'too-long';
    case 'network':
      return 'busy';
    case 'cooling':
    case 'rate-limited':
      return 'full';
    case 'unreachable':
    case 'timeout':
    case 'resting':
    case 'bad-answer':
    case 'gone':
      return 'down';
  }
}

type Classified = 'caller' | 'credential' | 'busy' | 'full' | 'too-long' | 'down';

function classifyStatus(status: number): Classified {
  if (status === 401 || status === 402 || status === 403) return 'credential'; // 402: our account there is empty
  if (status === 408 || status === 409 || status === 429 || status >= 500) return 'busy';
  return status < 400 || status === 405 ? 'down' : 'caller'; // a wrong base URL redirects, or knows no such method
}

function nextCredential(chain: Chain, failure: Failure): NextStep {
  const credential = chain.credential + 1;
  const has = chain.candidates[0]?.credentials ?? 0;
  return credential < has ? tryOr({ ...chain, credential }, failure) : advance(chain, failure);
}

function waitOrAdvance(chain: Chain, failure: Failure): NextStep {
  const ms = failure.retryAfterMs ?? backOffMs(chain.retriesHere, failure.random);
  if (chain.retriesLeft <= 0 || ms > chain.maxWaitMs) return advance(chain, failure);
  const waited = { ...chain, retriesLeft: chain.retriesLeft - 1, retriesHere: chain.retriesHere + 1 };
  const step = tryOr(waited, failure);
  return step.do === 'try' ? { ...step, do: 'wait', ms, because: failure } : step;
}

/** Nothing was sent, so nothing is lost by asking another one at once. */
function advanceOrWait(chain: Chain, failure: Failure): NextStep {
  const hasOther = chain.fallbackEnabled && chain.candidates.length > 1;
  return hasOther ? advance(chain, failure) : waitOrAdvance(chain, failure);
}

/** 0.5 s, doubled each time up to 8 s; the upper half of it is left to chance. */
function backOffMs(retriesHere: number, random: number): number {
  return Math.round(Math.min(500 * 2 ** retriesHere, 8_000) * (0.5 + random / 2));
}

function largerOnly({ candidates }: Chain): Candidate[] {
  const [current, ...others] = candidates;
  if (!current) return [];
  return [current, ...others.filter(({ contextTokens }) => contextTokens > current.contextTokens)];
}

function advance(chain: Chain, failure: Failure): NextStep {
  const candidates = chain.fallbackEnabled ? chain.candidates.slice(1) : [];
  return tryOr({ ...chain, candidates, credential: 0, retriesHere: 0 }, failure);
}

function tryOr(chain: Chain, failure: Failure): NextStep {
  const [current] = chain.candidates;
  if (!current) return { do: 'stop', outcome: failure, chain };
  return { do: 'try', candidate: { ...current, credential: chain.credential }, chain };
}
