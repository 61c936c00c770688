/** Test set-up: the whole way of embeddings, pictures, speech and transcripts: SDK, API, gateway, scripted providers, ledger. */
import { OpenAI } from 'openai';
import { z } from 'zod';
import type { ModelInput } from '../src/domain/llm/llm.ts';
import { UsageRecord } from '../src/entities/usage-record.ts';
import { apiPlace, callTo, eventually } from './api-place.ts';
import { fakeComfyUi } from './fake-comfyui.ts';
import { fakeMediaUpstream } from './fake-media-upstream.ts';
import { free } from './media-deployment.ts';

export type MediaPlace = Awaited<ReturnType<typeof mediaPlace>>;

/** Providers are `media`, `comfyui`, `anthropic`, and `closed`, whose port is. */
export async function mediaPlace(settings: Record<string, string> = {}) {
  const upstream = await fakeMediaUpstream();
  const comfy = await fakeComfyUi();
  const place = await apiPlace({ settings });
  const { catalog } = place.llm;
  const provider = { enabled: true, credentials: ['sk-media'] };
  for (const [id, wireFormat, baseUrl] of [
    ['media', 'openai', upstream.url],
    ['comfyui', 'comfyui', comfy.url],
    ['anthropic', 'anthropic', upstream.url],
    ['closed', 'openai', 'http://127.0.0.1:9/v1'],
  ] as const) {
    await catalog.upsertProvider({ ...provider, id, displayName: id, wireFormat, baseUrl });
  }

  const recordOf = async (response: Response): Promise<UsageRecord> => {
    await place.usage.ledger.drain();
    const requestId = response.headers.get('x-request-id') ?? '';
    return place.database.em.fork().findOneOrFail(UsageRecord, { requestId });
  };

  /** A person of their own with a key, and the official SDK that uses it. */
  async function person(limits: object = {}) {
    const { asUser, userId } = await place.signUp();
    const made = await asUser('POST /api/v1/llm/api-keys', { body: { name: 'test', ...limits } });
    const { secret } = z.object({ secret: z.string() }).parse(made.body);
    const sdk = new OpenAI({ baseURL: `${place.api.url}/v1`, apiKey: secret, maxRetries: 0 });
    return { userId, secret, sdk, call: callTo(place.api.url, { authorization: `Bearer ${secret}` }) };
  }

  return {
    ...place,
    upstream,
    comfy,
    person,
    recordOf,
    until: eventually,
    /** The last record of somebody, once there is one with this outcome. */
    async lastRecordOf(userId: string, errorCode: string | null): Promise<UsageRecord> {
      let record: UsageRecord | null = null;
      await eventually(async () => {
        await place.usage.ledger.drain();
        record = await place.database.em.fork().findOne(UsageRecord, { userId, errorCode });
        return record !== null;
      });
      if (!record) throw new Error('there is no record');
      return record;
    },
    /** A model of the provider `media`, called upstream as here. */
    model: (name: string, changes: Partial<ModelInput> & Pick<ModelInput, 'type'>) =>
      catalog.upsertModel({
        name,
        providerId: 'media',
        upstreamName: name,
        displayName: name,
        contextTokens: 8_000,
        maxOutputTokens: 1_000,
        prices: free,
        ...changes,
      }),
    chain: (id: string, type: ModelInput['type'], modelNames: string[]) =>
      catalog.upsertGroup({ id, displayName: id, type, modelNames, retryCount: 0 }),
    async close() {
      await place.close();
      await upstream.close();
      await comfy.close();
    },
  };
}

/** What a call of the SDK is refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error: unknown) => error,
  );
}
