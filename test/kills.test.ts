import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { content, creator, postsTitled } from './creator.ts';
import type { Creator } from './creator.ts';
import { killPlace, victims } from './kill-place.ts';
import type { KillPlace } from './kill-place.ts';

let place: KillPlace;
let user: Creator;

beforeAll(async () => {
  place = await killPlace();
  user = await creator(place.application.url);
}, 120_000);
afterAll(() => place.close(), 60_000);

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
  120_000,
);
