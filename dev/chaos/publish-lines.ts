import { join } from 'node:path';
import { drift } from '../../test/publish-chaos/drift.ts';
import { interleavings } from '../../test/publish-chaos/interleavings/interleavings.ts';
import { interleavingsPlace } from '../../test/publish-chaos/interleavings/place.ts';
import { kills } from '../../test/publish-chaos/kills.ts';
import { publishChaosPlace } from '../../test/publish-chaos/place.ts';
import type { PublishChaosPlace } from '../../test/publish-chaos/place.ts';
import { secretsLeft } from '../../test/publish-chaos/secrets.ts';
import { fairness, turns } from '../../test/publish-chaos/turns.ts';
import { springTrap, traps } from '../../test/publish-chaos/traps.ts';

/** Answers what was seen, and whether it may be so. */
export type Line = { name: string; run(): Promise<{ seen: string; holds: boolean }> };

export type Chaos = {
  size: { kills: number; changes: number; jobs: number; queue: number };
  seed: number;
  random: () => number;
  dataDir: string;
  say: (line: string) => void;
};

/** The guarantees of publishing, in the order in which they are tried: secrets are looked for where the kills were. */
export function publishLines({ size, seed, random, dataDir, say }: Chaos) {
  let opened: Promise<PublishChaosPlace> | null = null;
  // No more editors at once than two cores can load within the time in which a publication is to be settled.
  const application = () =>
    (opened ??= publishChaosPlace({ accounts: { wordpress: 2, ghost: 1 }, settings: { SETTLE_WAIT_MS: '15000' } }));

  const lines: Line[] = [
    ...traps.map((trap) => ({
      name: `trap: ${trap.name}`,
      async run() {
        const { passed, failed } = await springTrap(trap, join(dataDir, 'trap.json'));
        for (const name of failed) say(`failed: ${name}`);
        return { seen: `${passed} tests passed, ${failed.length} failed`, holds: passed > 0 && failed.length === 0 };
      },
    })),
    { name: 'drift of each selector before the click, and none without', run: () => drift() },
    {
      name: `interleavings of ${size.changes} cancels, edits, moves and publish-nows with the commit`,
      async run() {
        const place = await interleavingsPlace(40);
        const began = Date.now();
        const seen = await interleavings(place, { changes: size.changes, seed, atOnce: 80, say });
        await place.close();
        const { violations, ...counts } = seen;
        return {
          seen: `${violations.length} violations in ${secondsOf(Date.now() - began)}; ${JSON.stringify(counts)}`,
          holds: violations.length === 0,
        };
      },
    },
    {
      name: `${size.jobs} jobs over 50 accounts and 3 workers`,
      run: () => turns({ jobs: size.jobs, accounts: 50, workers: 3 }),
    },
    {
      name: `single jobs of other users behind ${size.queue} of one user`,
      run: () => fairness({ jobs: size.queue, accounts: 50, workers: 3 }),
    },
    {
      name: `${size.kills} kills on WordPress and Ghost`,
      async run() {
        const place = await application();
        const seen = await kills({ ...place, place, kills: size.kills, random, say });
        const { duplicates, lost, unconfirmed, settledMs } = seen;
        for (const story of seen.slowest) say(`slow: ${story}`);
        for (const told of [...duplicates, ...lost, ...unconfirmed]) say(told);
        for (const [who, phases] of Object.entries(seen.phases)) say(`struck by ${who}: ${JSON.stringify(phases)}`);
        return {
          seen:
            `${seen.publications} publications, ${duplicates.length} twice, ${lost.length} lost, ` +
            `${unconfirmed.length} unconfirmed, ${seen.leftDrafts} drafts left behind; settled p50 ` +
            `${secondsOf(settledMs.p50)}, p95 ${secondsOf(settledMs.p95)}, at most ${secondsOf(settledMs.most)}`,
          holds:
            duplicates.length + lost.length === 0 &&
            unconfirmed.length <= seen.publications / 100 &&
            settledMs.p95 <= 30_000,
        };
      },
    },
    {
      name: 'secrets in histories, run list, Postgres, Redis, logs and evidence',
      async run() {
        const place = await application();
        const { found, blind, runs } = await secretsLeft(place, place.secrets);
        for (const where of found) say(where);
        const names = Object.keys(place.secrets).length;
        const control = blind.length === 0 ? 'the control was found everywhere' : `no control in ${blind.join(', ')}`;
        return {
          seen: `${names} secrets, ${runs} runs: ${found.length} found; ${control}`,
          holds: found.length + blind.length === 0,
        };
      },
    },
  ];
  return { lines, close: async () => (await opened)?.close() };
}

const secondsOf = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
