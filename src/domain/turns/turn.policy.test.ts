import { expect, test } from '@jest/globals';
import { seeded } from '../../../dev/chaos/seeded.ts';
import { coolDown } from './cool-down.policy.ts';
import type { Past } from './cool-down.policy.ts';
import { DAY_MS, nextTurn, slower } from './turn.policy.ts';
import type { TurnFacts } from './turn.policy.ts';

const atOnce = { minGapMs: 0, perDay: null, jitterMs: 0 };
const free: TurnFacts = {
  nowMs: 10 * DAY_MS,
  health: 'active',
  healthUntilMs: null,
  holder: null,
  first: 'pub_1',
  commitsMs: [],
  pace: atOnce,
};
const ago = (ms: number) => free.nowMs - ms;

test('a free account gives its turn to who is first', () => {
  expect(nextTurn(free)).toEqual({ kind: 'give', publicationId: 'pub_1' });
  expect(nextTurn({ ...free, first: null })).toEqual({ kind: 'nobody' });
});

test('nobody gets a turn that another one has', () => {
  expect(nextTurn({ ...free, holder: 'pub_0' })).toEqual({ kind: 'held', holder: 'pub_0' });
});

test.each(['needs_login', 'disabled'] as const)('nobody gets a turn of an account that is %s', (health) => {
  expect(nextTurn({ ...free, health })).toEqual({ kind: 'paused', why: health });
});

test('a cool-down is waited for, and no longer', () => {
  const cooling = { ...free, health: 'cooling_down' as const };
  expect(nextTurn({ ...cooling, healthUntilMs: free.nowMs + 1 })).toEqual({
    kind: 'wait',
    why: 'cooling_down',
    untilMs: free.nowMs + 1,
  });
  expect(nextTurn({ ...cooling, healthUntilMs: free.nowMs })).toMatchObject({ kind: 'give' });
});

test('the latest of all that is to be waited for counts', () => {
  const pace = { minGapMs: 1_000, perDay: 2, jitterMs: 0 };
  const commitsMs = [ago(500), ago(DAY_MS - 2_000)];
  expect(nextTurn({ ...free, pace, commitsMs })).toEqual({
    kind: 'wait',
    why: 'daily_cap',
    untilMs: free.nowMs + 2_000,
  });
  expect(nextTurn({ ...free, pace, commitsMs: [ago(500), ago(DAY_MS)] })).toMatchObject({ why: 'gap' });
});

test('the jitter of a publication is the same however often one looks, and differs between publications', () => {
  const jittered = { ...free, pace: { ...atOnce, jitterMs: 100_000 }, commitsMs: [ago(0)] };
  const untilOf = (first: string) => nextTurn({ ...jittered, first });
  expect(untilOf('pub_1')).toEqual(untilOf('pub_1'));
  const times = Array.from({ length: 50 }, (_, at) => JSON.stringify(untilOf(`pub_${at}`)));
  expect(new Set(times).size).toBeGreaterThan(40);
});

test('an owner may be slower than the platform in one respect and is never faster in another', () => {
  const platform = { minGapMs: 60_000, perDay: 10, jitterMs: 5_000 };
  expect(slower(platform, null)).toEqual(platform);
  expect(slower(platform, { minGapMs: 90_000, perDay: 20, jitterMs: 0 })).toEqual({ ...platform, minGapMs: 90_000 });
  expect(slower(platform, { ...platform, perDay: 3 })).toMatchObject({ perDay: 3 });
  expect(slower(atOnce, { ...atOnce, perDay: 3 })).toMatchObject({ perDay: 3 });
});

test.each(Array.from({ length: 30 }, (_, at) => at + 1))(
  'whatever comes when, gap and cap are kept, and a wait ends when it says (seed %i)',
  (seed) => {
    const random = seeded(seed);
    const pace = {
      minGapMs: Math.floor(random() * 7_200_000),
      perDay: random() < 0.3 ? null : 1 + Math.floor(random() * 8),
      jitterMs: Math.floor(random() * 600_000),
    };
    const commitsMs: number[] = [];
    let nowMs = DAY_MS;
    for (let post = 0; post < 60; post += 1) {
      nowMs += Math.floor(random() * 3_600_000);
      const facts = () => ({
        ...free,
        pace,
        nowMs,
        commitsMs: commitsMs.slice(0, pace.perDay ?? 1),
        first: `pub_${post}`,
      });
      const decision = nextTurn(facts());
      if (decision.kind === 'wait') nowMs = decision.untilMs;
      expect(nextTurn(facts())).toMatchObject({ kind: 'give' });
      nowMs += Math.floor(random() * 60_000); // until the click
      commitsMs.unshift(nowMs);
    }
    const gaps = commitsMs.slice(1).map((at, index) => (commitsMs[index] ?? 0) - at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(pace.minGapMs);
    const busiest = Math.max(
      ...commitsMs.map((at) => commitsMs.filter((one) => one <= at && one > at - DAY_MS).length),
    );
    expect(busiest).toBeLessThanOrEqual(pace.perDay ?? Infinity);
  },
);

test('a cool-down doubles with each signal that comes within a day of the last one’s end, up to the longest', () => {
  const risk = { coolDownMs: 60_000, mostCoolDownMs: 200_000 };
  const rests: number[] = [];
  let past: Past = { nowMs: 0, lastEndMs: null, inARow: 0 };
  for (let signal = 0; signal < 4; signal += 1) {
    const { untilMs, inARow } = coolDown(past, risk);
    rests.push(untilMs - past.nowMs);
    past = { nowMs: untilMs + DAY_MS - 1, lastEndMs: untilMs, inARow };
  }
  expect(rests).toEqual([60_000, 120_000, 200_000, 200_000]);
  expect(coolDown({ ...past, nowMs: past.nowMs + 1 }, risk)).toMatchObject({ inARow: 1 });
});
