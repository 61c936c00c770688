import { expect, test } from '@jest/globals';
import { newChain, next, start } from './chain.policy.ts';
import type { AttemptOutcome, Candidate, Chain, Failure, NextStep } from './chain.policy.ts';

const candidate = (name: string, contextTokens = 8_000, credentials = 1): Candidate => ({
  modelId: `mdl_${name}`,
  modelName: name,
  providerId: 'provider',
  contextTokens,
  credentials,
});
const [a, b, long] = [candidate('a', 8_000, 2), candidate('b'), candidate('long', 128_000)];
const plan = { candidates: [a, b, long], retryCount: 2, fallbackEnabled: true };
const chain = newChain(plan, 20_000);

const failed = (changes: Partial<Failure>): Failure => ({
  kind: 'failed',
  reason: 'status',
  status: null,
  retryAfterMs: null,
  random: 1,
  ...changes,
});
const status = (code: number, changes: Partial<Failure> = {}) => failed({ status: code, ...changes });

/** A step as one reads it: `try b`, `wait 500 a`, `stop`. */
function told(step: NextStep): string {
  if (step.do === 'stop') return 'stop';
  const who =
    step.candidate.credential > 0
      ? `${step.candidate.modelName}#${step.candidate.credential}`
      : step.candidate.modelName;
  return step.do === 'wait' ? `wait ${step.ms} ${who}` : `try ${who}`;
}

/** The whole story of one chain under a list of outcomes. */
function story(from: Chain, outcomes: AttemptOutcome[]): string {
  let step = start(from);
  const steps = [told(step)];
  for (const outcome of outcomes) {
    step = next(step.chain, outcome);
    steps.push(told(step));
  }
  return steps.join(', ');
}

const again = (count: number, outcome: AttemptOutcome) => Array.from({ length: count }, () => outcome);
const noRetries = { ...chain, retriesLeft: 0 };

test.each<[string, Chain, AttemptOutcome[], string]>([
  ['an answer ends the chain', chain, [{ kind: 'answered' }], 'try a, stop'],
  ['after the first byte nothing else is tried', chain, [{ kind: 'started' }], 'try a, stop'],
  ['a caller who has gone ends the chain', chain, [{ kind: 'cancelled' }], 'try a, stop'],
  ['a 400 never reaches the second model', chain, [status(400)], 'try a, stop'],
  ['a 404 never reaches the second model', chain, [status(404)], 'try a, stop'],
  ['a 413 never reaches the second model', chain, [status(413)], 'try a, stop'],
  ['a 422 never reaches the second model', chain, [status(422)], 'try a, stop'],
  ['a 401 takes the next credential, then the next model', chain, again(2, status(401)), 'try a, try a#1, try b'],
  ['a 403 takes the next credential, then the next model', chain, again(2, status(403)), 'try a, try a#1, try b'],
  [
    'a 429 with retry-after 7 waits 7 seconds on the same model',
    chain,
    [status(429, { retryAfterMs: 7_000 })],
    'try a, wait 7000 a',
  ],
  [
    'a 429 that asks for too much patience goes to the next model',
    chain,
    [status(429, { retryAfterMs: 21_000 })],
    'try a, try b',
  ],
  [
    'a 503 waits twice as long each time, then takes the next model',
    chain,
    again(3, status(503)),
    'try a, wait 500 a, wait 1000 a, try b',
  ],
  ['chance shortens a wait by up to half', chain, [status(500, { random: 0 })], 'try a, wait 250 a'],
  ['a 408 is retried', chain, [status(408)], 'try a, wait 500 a'],
  ['a 409 is retried', chain, [status(409)], 'try a, wait 500 a'],
  ['a broken connection is retried', chain, [failed({ reason: 'network' })], 'try a, wait 500 a'],
  [
    'retries are counted over the whole chain',
    chain,
    again(5, status(500)),
    'try a, wait 500 a, wait 1000 a, try b, try long, stop',
  ],
  ['a refused connection goes straight to the next model', chain, [failed({ reason: 'unreachable' })], 'try a, try b'],
  ['a timeout goes straight to the next model', chain, [failed({ reason: 'timeout' })], 'try a, try b'],
  ['an open breaker goes straight to the next model', chain, [failed({ reason: 'resting' })], 'try a, try b'],
  ['an answer that is none goes to the next model', chain, [failed({ reason: 'bad-answer' })], 'try a, try b'],
  [
    'a text that is too long goes to a model with a larger context',
    chain,
    [failed({ reason: 'too-long', status: 400 })],
    'try a, try long',
  ],
  [
    'a text too long for the largest stops',
    chain,
    again(2, failed({ reason: 'too-long', status: 400 })),
    'try a, try long, stop',
  ],
  [
    'the next model starts with its first credential and its first wait',
    chain,
    [status(401), status(500), failed({ reason: 'timeout' }), status(500)],
    'try a, try a#1, wait 500 a#1, try b, wait 500 b',
  ],
  ['without retries a busy model is left at once', noRetries, [status(429)], 'try a, try b'],
  [
    'without fallback the first model is the only one',
    { ...noRetries, fallbackEnabled: false },
    [status(500)],
    'try a, stop',
  ],
  [
    'without fallback a busy model is still retried',
    { ...chain, fallbackEnabled: false },
    again(3, status(500)),
    'try a, wait 500 a, wait 1000 a, stop',
  ],
  ['an empty chain stops', newChain({ ...plan, candidates: [] }, 1), [], 'stop'],
])('%s', (...[, from, outcomes, expected]) => {
  expect(story(from, outcomes)).toBe(expected);
});

test('its state survives JSON, as a workflow needs', () => {
  const { chain: state } = next(chain, status(500));
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
