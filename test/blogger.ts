/** Test set-up: somebody with a connected WordPress account, who asks for publications over the API. */
import { z } from 'zod';
import { generateWorkerKeyPair, sealGrant } from '../src/client/client.ts';
import type { ApiPlace, Called } from './api-place.ts';
import { seal } from './credential-place.ts';

const { envelope, keys } = await seal('my-blog');

export type Blogger = Awaited<ReturnType<typeof blogger>>;

export async function blogger(place: ApiPlace, worker: { publicKey: string }) {
  const person = await place.signUp();
  const account = { platform: 'wordpress', account_id: 'my-blog', site_url: 'https://blog.example/', device_id: 'd' };
  const upload = (change: object) =>
    person.asUser('POST /api/v1/credential/upload', { body: { ...account, envelope, ...change } });
  await upload({});

  const grant = () =>
    sealGrant({
      envelope,
      keys,
      purpose: 'publication',
      expiresAt: new Date(Date.now() + 2 * 86_400_000),
      workerPublicKey: worker.publicKey,
    });
  const post = async ({ title = 'Bees', markdown = 'They *dance*.' } = {}) => ({
    account_id: 'my-blog',
    content: { title, markdown },
    grant: await grant(),
  });
  return {
    ...person,
    grant,
    post,
    upload,
    /** @returns the publication's id */
    publish: async (content: { title?: string; markdown?: string } = {}) =>
      blogger.idOf(await person.asUser('POST /api/v1/publish/wordpress', { body: await post(content) })),
  };
}

blogger.worker = generateWorkerKeyPair;
blogger.idOf = ({ body }: Called): string => z.object({ task_id: z.string() }).parse(body).task_id;
