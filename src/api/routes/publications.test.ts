import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import type { Blogger } from '../../../test/blogger.ts';
import { Grant } from '../../entities/grant.ts';
import { Publication } from '../../entities/publication.ts';

let place: ApiPlace;
const worker = await blogger.worker();
const tomorrow = new Date(Date.now() + 86_400_000).toISOString();

beforeAll(async () => {
  place = await apiPlace({
    starts: true,
    workerPublicKey: worker.publicKey,
    settings: { AUTH_REQUESTS_PER_MINUTE: '100000' },
  });
});
afterAll(() => place.close());

const somebody = (): Promise<Blogger> => blogger(place, worker);

/** What a run would have made of it. */
async function becomes(id: string, facts: Partial<Publication>): Promise<void> {
  await place.database.em.fork().nativeUpdate(Publication, { id }, { runStartedAt: new Date(), ...facts });
}

test('the list is newest first, in pages, filtered, and the owner’s alone', async () => {
  const [owner, stranger] = [await somebody(), await somebody()];
  const ids: string[] = [];
  for (const title of ['one', 'two', 'three']) ids.unshift(await owner.publish({ title }));
  await becomes(ids[0] ?? '', { state: 'failed' });

  const first = await owner.asUser('GET /api/v1/publish?limit=2');
  expect(first.body).toMatchObject({ data: [{ task_id: ids[0] }, { task_id: ids[1] }], next_cursor: ids[1] });
  const second = await owner.asUser(`GET /api/v1/publish?limit=2&cursor=${ids[1]}`);
  expect(second.body).toMatchObject({ data: [{ task_id: ids[2], title: 'one' }], next_cursor: null });
  expect((await owner.asUser('GET /api/v1/publish?status=failed')).body).toMatchObject({ data: [{ task_id: ids[0] }] });
  expect((await owner.asUser('GET /api/v1/publish?account_id=other')).body).toMatchObject({ data: [] });
  expect((await stranger.asUser('GET /api/v1/publish')).body).toEqual({ data: [], next_cursor: null });
  expect((await stranger.asUser(`GET /api/v1/publish?cursor=${ids[1]}`)).status).toBe(400);
});

test.each(['status=gone', 'limit=0', 'scheduled_from=today', 'user_id=usr_1', 'cursor=pub_none'])(
  'a filter that is none, %s, is a 400 that names it',
  async (query) => {
    const called = await (await somebody()).asUser(`GET /api/v1/publish?${query}`);
    const [path = ''] = query.split('=');
    expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(path) } } });
  },
);

test('the same content to the same account is a 409 that names the first one, unless it is forced', async () => {
  const { asUser, publish, post } = await somebody();
  const first = await publish({ title: 'Bees' });
  const again = await asUser('POST /api/v1/publish/wordpress', { body: await post({ title: 'Bees' }) });
  expect(again).toMatchObject({
    status: 409,
    body: { error: { code: 'duplicate', details: { duplicate_of: first } } },
  });

  const forced = { ...(await post({ title: 'Bees' })), force: true };
  expect((await asUser('POST /api/v1/publish/wordpress', { body: forced })).status).toBe(202);
  await becomes(first, { state: 'failed' });
  expect((await asUser('POST /api/v1/publish/wordpress', { body: await post({ title: 'Wasps' }) })).status).toBe(202);
});

test('of two requests with the same content at once, one is refused', async () => {
  const { asUser, post } = await somebody();
  const bodies = await Promise.all([post({ title: 'Twice' }), post({ title: 'Twice' })]);
  const both = await Promise.all(bodies.map((body) => asUser('POST /api/v1/publish/wordpress', { body })));
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([202, 409]));
});

test('a draft has no run; it is edited, given a time with a grant, and then is a publication', async () => {
  const { asUser, post } = await somebody();
  const { grant, ...draft } = await post({ title: 'Draft' });
  const made = await asUser('POST /api/v1/publish/drafts', { body: { ...draft, platform: 'wordpress' } });
  expect(made).toMatchObject({ status: 201, body: { status: 'draft' } });
  const id = blogger.idOf(made);

  const content = { ...draft.content, title: 'Better' };
  expect(await asUser(`PATCH /api/v1/publish/${id}`, { body: { content } })).toMatchObject({
    status: 200,
    body: { status: 'draft', title: 'Better' },
  });
  expect(await asUser(`PATCH /api/v1/publish/${id}`, { body: { scheduled_at: tomorrow } })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('grant') } },
  });
  await expect(place.temporal.workflow.getHandle(`publish:${id}`).describe()).rejects.toThrow();
  expect(await asUser(`PATCH /api/v1/publish/${id}`, { body: { scheduled_at: tomorrow, grant } })).toMatchObject({
    status: 200,
    body: { status: 'scheduled', scheduled_at: tomorrow },
  });
  expect(await place.temporal.workflow.getHandle(`publish:${id}`).describe()).toMatchObject({ type: 'publish' });
});

test('a draft that is thrown away is cancelled', async () => {
  const { asUser, post } = await somebody();
  const { grant: _, ...draft } = await post({ title: 'Away' });
  const id = blogger.idOf(await asUser('POST /api/v1/publish/drafts', { body: { ...draft, platform: 'wordpress' } }));
  expect(await asUser(`DELETE /api/v1/publish/${id}`)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
});

test('a failed one is tried again with a new grant and a new run; any other is a 409', async () => {
  const { asUser, publish, grant } = await somebody();
  const id = await publish({ title: 'Again' });
  const retry = async () => asUser(`POST /api/v1/publish/${id}/retry`, { body: { grant: await grant() } });
  expect((await retry()).status).toBe(409);
  await place.temporal.workflow.getHandle(`publish:${id}`).terminate();
  await becomes(id, { state: 'failed', errorCode: 'selector_drift', errorMessage: 'no title' });

  expect(await retry()).toMatchObject({ status: 200, body: { status: 'queued', error: null } });
  const run = await place.temporal.workflow.getHandle(`publish:${id}`).describe();
  expect(run.status.name).toBe('RUNNING');
  await expect(place.database.em.fork().count(Grant, { publicationId: id })).resolves.toBe(2);
});

test.each([
  ['draft_gone', null],
  ['upstream_failed', '7'],
])('a retry after %s goes on with the draft %p', async (errorCode, platformDraftId) => {
  const { asUser, publish, grant } = await somebody();
  const id = await publish({ title: `Failed by ${errorCode}` });
  await place.temporal.workflow.getHandle(`publish:${id}`).terminate();
  await becomes(id, { state: 'failed', errorCode, platformDraftId: '7' });
  await asUser(`POST /api/v1/publish/${id}/retry`, { body: { grant: await grant() } });
  await expect(place.database.em.fork().findOneOrFail(Publication, id)).resolves.toMatchObject({ platformDraftId });
});

test('what was published meanwhile is not published again by a retry or an edit, unless it is forced', async () => {
  const { asUser, publish, grant, post } = await somebody();
  const failed = await publish({ title: 'Same' });
  await becomes(failed, { state: 'failed' });
  const other = await publish({ title: 'Same' });
  const retry = async (force: boolean) =>
    asUser(`POST /api/v1/publish/${failed}/retry`, { body: { grant: await grant(), force } });
  expect(await retry(false)).toMatchObject({ status: 409, body: { error: { details: { duplicate_of: other } } } });
  const third = await publish({ title: 'Third' });
  const { content } = await post({ title: 'Same' });
  expect((await asUser(`PATCH /api/v1/publish/${third}`, { body: { content } })).status).toBe(409);
  expect((await retry(true)).status).toBe(200);
});

test('one whose run was ended from outside is told so, and can be tried again or judged', async () => {
  const { asUser, publish, grant } = await somebody();
  const [waiting, clicked] = [await publish({ title: 'Waiting' }), await publish({ title: 'Clicked' })];
  for (const id of [waiting, clicked]) await place.temporal.workflow.getHandle(`publish:${id}`).terminate();
  await becomes(waiting, { state: 'publishing' });
  await becomes(clicked, { state: 'publishing', commitStartedAt: new Date() });
  for (const id of [waiting, clicked]) expect((await asUser(`DELETE /api/v1/publish/${id}`)).status).toBe(409);

  expect((await asUser(`GET /api/v1/publish/status/${clicked}`)).body).toMatchObject({ status: 'unconfirmed' });
  expect((await asUser(`GET /api/v1/publish/status/${waiting}`)).body).toMatchObject({
    status: 'failed',
    error: { code: 'run_lost' },
  });
  const retry = { body: { grant: await grant() } };
  expect((await asUser(`POST /api/v1/publish/${waiting}/retry`, retry)).status).toBe(200);
});

test('a person says of an unconfirmed one whether it is there; then it is settled', async () => {
  const { asUser, publish } = await somebody();
  const [there, gone] = [await publish({ title: 'There' }), await publish({ title: 'Gone' })];
  const clicked = { state: 'unconfirmed', commitStartedAt: new Date() } as const;
  await Promise.all([there, gone].map((id) => becomes(id, clicked)));

  const url = 'https://blog.example/there/';
  const found = { published: true, platform_post_url: url };
  expect(await asUser(`POST /api/v1/publish/${there}/resolve`, { body: found })).toMatchObject({
    status: 200,
    body: { status: 'published', platform_post_url: url, final: true },
  });
  expect((await asUser(`POST /api/v1/publish/${there}/resolve`, { body: found })).status).toBe(409);
  expect(await asUser(`POST /api/v1/publish/${gone}/resolve`, { body: { published: false } })).toMatchObject({
    body: { status: 'failed' },
  });
  await expect(place.database.em.fork().findOneOrFail(Publication, gone)).resolves.toMatchObject({
    commitStartedAt: null,
    commitRound: 2,
  });
});

test('a time after the end of the grant needs a new one', async () => {
  const { asUser, publish } = await somebody();
  const id = await publish({ title: 'Later' });
  const nextYear = new Date(Date.now() + 366 * 86_400_000).toISOString();
  expect(await asUser(`PATCH /api/v1/publish/${id}`, { body: { scheduled_at: nextYear } })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('scheduled_at') } },
  });
});

test('what has ended can be neither edited nor moved', async () => {
  const { asUser, publish, post } = await somebody();
  const id = await publish({ title: 'Over' });
  await place.temporal.workflow.getHandle(`publish:${id}`).terminate();
  await becomes(id, { state: 'published' });
  const { content } = await post({ title: 'New' });
  for (const body of [{ content }, { scheduled_at: tomorrow }]) {
    expect(await asUser(`PATCH /api/v1/publish/${id}`, { body })).toMatchObject({
      status: 409,
      body: { error: { code: 'too_late' } },
    });
  }
  expect((await asUser(`POST /api/v1/publish/${id}/publish-now`, { body: {} })).status).toBe(409);
});

test('platforms are listed with their limits', async () => {
  const { asUser } = await somebody();
  expect((await asUser('GET /api/v1/publish/platforms')).body).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({ id: 'wordpress', enabled: true, verified: 'real', limits: expect.any(Object) }),
    ]),
  });
});

test('a platform that was never tried live is listed as such, and refused until an installation asks for it', async () => {
  const { asUser, post } = await somebody();
  const listed = { id: 'zhihu', enabled: false, verified: 'fixtures' };
  expect((await asUser('GET /api/v1/publish/platforms')).body).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining(listed)]),
  });
  const body = await post({ title: 'Bees' });
  const refused = { status: 422, body: { error: { code: 'unprocessable', details: { field: 'platform' } } } };
  expect(await asUser('POST /api/v1/publish/zhihu', { body })).toMatchObject(refused);
  const { account_id, content } = body;
  const draft = { account_id, content, platform: 'zhihu' };
  expect(await asUser('POST /api/v1/publish/drafts', { body: draft })).toMatchObject(refused);
});

test('nobody else can see or change a publication', async () => {
  const [owner, stranger] = [await somebody(), await somebody()];
  const id = await owner.publish({ title: 'Mine' });
  const grant = await stranger.grant();
  const targets: [string, object | undefined][] = [
    [`PATCH /api/v1/publish/${id}`, { scheduled_at: tomorrow }],
    [`POST /api/v1/publish/${id}/publish-now`, {}],
    [`POST /api/v1/publish/${id}/retry`, { grant }],
    [`POST /api/v1/publish/${id}/resolve`, { published: false }],
    [`DELETE /api/v1/publish/${id}`, undefined],
  ];
  for (const [target, body] of targets) {
    expect((await stranger.asUser(target, body && { body })).status).toBe(404);
    expect((await place.call(target, body && { body })).status).toBe(401);
  }
});
