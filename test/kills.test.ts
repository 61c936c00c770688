import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seeded } from '../dev/chaos/seeded.ts';
import { content, creator, postsTitled } from './creator.ts';
import type { Creator } from './creator.ts';
import { victims } from './kill-place.ts';
import { kills } from './publish-chaos/kills.ts';
import { publishChaosPlace } from './publish-chaos/place.ts';
import type { PublishChaosPlace } from './publish-chaos/place.ts';
import { secretsLeft } from './publish-chaos/secrets.ts';

let place: PublishChaosPlace;
let user: Creator;

beforeAll(async () => {
  place = await publishChaosPlace({ accounts: { wordpress: 2, ghost: 0 } });
  user = await creator(place.application.url);
});
afterAll(() => place.close());

/** Every process is killed while an article is at its draft and a publication at its editor, and started again. */
test.each(victims)(
  'after kill -9 of %s there is one article, one charge for each of its steps, and one post',
  async (victim) => {
    const draft = place.upstream.hold('draft');
    const title = `${content.title} (${victim})`;
    const [articleId, publicationId] = await Promise.all([
      user.orderArticle(`life without ${victim}`),
      user.publish({ title }),
    ]);
    await Promise.all([draft.arrived, place.reached(publicationId, 'publishing')]);
    await place.kill(victim);
    draft.release();
    await place.revive(victim);

    const [article, publication] = await Promise.all([user.article(articleId), user.publication(publicationId)]);
    expect(article).toMatchObject({ status: 'ready', title: 'Tomatoes on a balcony' });
    expect(await place.chargesOf(articleId)).toEqual(['draft', 'outline', 'review']);
    expect(publication).toMatchObject({ status: 'published' });
    expect(await postsTitled(title)).toBe(1);
  },
);

test('a browser that is killed while it looks for a post leaves nothing unconfirmed: another one looks', async () => {
  const title = `${content.title} (looking)`;
  const struck = place.answers.strikeNext('refused', 60_000);
  const publicationId = await user.publish({ title });
  expect(await struck).toBeDefined();
  await place.reached(publicationId, 'settling');
  await place.kill('chromium');
  expect(await user.publication(publicationId)).toMatchObject({ status: 'published' });
  expect(await postsTitled(title)).toBe(1);
});

/** A short slice of `npm run chaos -- publish`. */
test('after kills and lost answers around the click every publication is on the site once', async () => {
  const seen = await kills({ ...place, place, kills: 3, victims: ['answer', 'chromium'], random: seeded(4) });
  expect(seen).toMatchObject({ duplicates: [], lost: [], unconfirmed: [] });
});

test('what was planted is found nowhere afterwards, though the control is found everywhere', async () => {
  const secrets = { ...user.secrets, ...place.secrets };
  expect(await secretsLeft(place, secrets)).toMatchObject({ found: [], blind: [] });
});
