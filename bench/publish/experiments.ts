import { ghostSite, wordpressSite } from '../../test/publish-chaos/sites.ts';
import type { Site } from '../../test/publish-chaos/sites.ts';
import { experiment } from '../experiment.ts';
import type { Experiment } from '../experiment.ts';
import { bareGhost } from './bare-ghost.ts';
import { bareScript } from './bare-script.ts';
import type { BareSite } from './bare-script.ts';
import { bareWordPress } from './bare-wordpress.ts';
import { dueTogether } from './due-together.ts';
import { growth } from './growth.ts';
import type { Line } from '../judge.ts';
import * as lines from './lines.ts';
import { publishPlace } from './place.ts';
import type { PublishPlace } from './place.ts';
import { punctuality } from './punctuality.ts';
import { sessionMemory } from './session-memory.ts';
import type { Size } from './size.ts';
import { throughput } from './throughput.ts';

/** The sites, and the browser that a bare script starts. */
export type Targets = { wordpress: Site; ghost: Site; chromium: string };

export const targetsOf = (env: Record<string, string>): Targets => ({
  wordpress: wordpressSite(env['WORDPRESS_URL'] ?? ''),
  ghost: ghostSite(env['GHOST_URL'] ?? ''),
  chromium: env['CHROMIUM_PATH'] ?? '',
});

export const experiments: readonly Experiment<Targets, Size>[] = [
  besideAScript('wordpress', bareWordPress),
  besideAScript('ghost', bareGhost),
  onPlace('punctuality', lines.punctuality, {
    accounts: ({ wordpress }) => [[wordpress, 1]],
    measure: (place, { scheduled }) => punctuality(place, firstOf(place), scheduled),
  }),
  onPlace('sessions', lines.sessions, {
    accounts: ({ wordpress }, { sessions }) => [[wordpress, sessions]],
    measure: (place) => sessionMemory(place, place.blogs),
  }),
  onPlace('growth', lines.growth, {
    accounts: ({ ghost }) => [[ghost, 3]],
    measure: (place, size) => growth(place, place.blogs, size.growth),
  }),
  experiment('due-together', lines.dueTogether, async (_targets: Targets, size: Size) => {
    const measured = await dueTogether(size.dueTogether);
    return { measured, figures: measured };
  }),
];

type OnPlace<M> = {
  accounts: (targets: Targets, size: Size) => (readonly [Site, number])[];
  measure: (place: PublishPlace, size: Size) => Promise<M>;
};

function onPlace<M extends object>(name: string, judged: readonly Line<M>[], { accounts, measure }: OnPlace<M>) {
  return experiment(name, judged, async (targets: Targets, size: Size) => {
    const place = await publishPlace({ accounts: accounts(targets, size), slots: size.sessions });
    try {
      const measured = await measure(place, size);
      return { measured, figures: measured };
    } finally {
      await place.close();
    }
  });
}

function besideAScript(name: 'wordpress' | 'ghost', script: BareSite): Experiment<Targets, Size> {
  return experiment(name, lines.throughput, async (targets: Targets, size: Size) => {
    const place = await publishPlace({ accounts: [[targets[name], 1]], slots: 2 });
    const bare = await bareScript(script, { executablePath: targets.chromium, url: targets[name].url });
    try {
      const measured = await throughput(place, { bare, blog: firstOf(place) }, size.throughput);
      const { ours, bare: theirs, phases } = measured;
      return { measured, figures: { 'ours, an hour': ours.perHour, 'bare, an hour': theirs.perHour, ...phases } };
    } finally {
      await bare.close();
      await place.close();
    }
  });
}

function firstOf({ blogs }: PublishPlace) {
  const [blog] = blogs;
  if (!blog) throw new Error('there is no account');
  return blog;
}
