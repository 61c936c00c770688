/** Test set-up of the judges: the API over real stores, before scripted upstreams of both formats. */
import { z } from 'zod';
import { noLimits } from '../../src/domain/usage/usage.ts';
import { Tier } from '../../src/entities/tier.ts';
import { UsageRecord } from '../../src/entities/usage-record.ts';
import { apiPlace, eventually } from '../api-place.ts';
import { fakeUpstream } from '../fake-upstream.ts';
import type { FakeCall, Scripted } from '../fake-upstream.ts';
import { answerIn } from './answer-in.ts';
import type { Answer, Format } from './answer.ts';
import { refusing } from './failure.ts';

export type JudgesPlace = Awaited<ReturnType<typeof judgesPlace>>;

export async function judgesPlace() {
  const upstream = await fakeUpstream();
  const place = await apiPlace({ settings: { LOG_LEVEL: 'silent', BREAKER_FAILURES: '1000' } });
  const person = await place.signUp();
  await place.database.em.fork().nativeUpdate(Tier, { id: 'free' }, noLimits);
  const key = await newKey({});
  let models = 0;

  async function newKey(limits: Record<string, unknown>): Promise<string> {
    const made = await person.asUser('POST /api/v1/llm/api-keys', { body: { name: 'judge', ...limits } });
    return z.object({ secret: z.string() }).parse(made.body).secret;
  }

  /** A model that its own provider serves in a format; so breakers and cool-downs of one test trouble no other one. */
  async function model(format: Format, ...replies: Scripted[]): Promise<string> {
    const name = `judged-${(models += 1)}`;
    const { catalog } = place.llm;
    const provider = { id: name, displayName: name, credentials: [`sk-${name}`], enabled: true };
    await catalog.upsertProvider({ ...provider, baseUrl: upstream.url, wireFormat: format });
    await catalog.upsertModel({ ...able, name, providerId: name, upstreamName: name, displayName: name });
    upstream.script(name, ...replies);
    return name;
  }

  /** The usage records of a model, in the order of the calls, once so many are in Postgres. */
  async function recordsOf(name: string, count: number): Promise<UsageRecord[]> {
    let records: UsageRecord[] = [];
    await eventually(async () => {
      await place.usage.ledger.drain();
      const orderBy = { createdAt: 'asc', requestId: 'asc' } as const;
      records = await place.database.em.fork().find(UsageRecord, { requestedModel: name }, { orderBy });
      return records.length >= count;
    });
    return records;
  }

  const refusers = new Map<string, Promise<string>>();
  /** A model that its upstream always refuses; the same one for the same refusal. */
  function refused(format: Format, status: number): Promise<string> {
    const known = refusers.get(`${format} ${status}`) ?? model(format, refusing(format, status));
    refusers.set(`${format} ${status}`, known);
    return known;
  }

  return {
    url: place.api.url,
    baseUrl: `${place.api.url}/v1`,
    key,
    newKey,
    model,
    refused,
    /** A model that gives these answers one after the other, as a stream to whoever asks for one. */
    answering: (format: Format, ...answers: Answer[]) =>
      model(format, ...answers.map((answer) => answerIn(format, answer))),
    calls: (name: string): FakeCall[] => upstream.calls(name),
    recordsOf,
    recordOf: async (name: string) => (await recordsOf(name, 1))[0],
    async close() {
      await place.close();
      await upstream.close();
    },
  };
}

/** Primes, so that no two kinds of tokens can be taken for each other in a sum. Nano-dollars per million. */
export const prices = {
  inputNanos: 3_000_000_019,
  outputNanos: 15_000_000_013,
  cacheReadNanos: 300_000_007,
  cacheWrite5mNanos: 3_750_000_001,
  cacheWrite1hNanos: 6_000_000_007,
  reasoningNanos: 17_000_000_009,
};

const able = {
  type: 'text',
  contextTokens: 200_000,
  maxOutputTokens: 8_000,
  supportsTools: true,
  supportsVision: true,
  supportsJson: true,
  supportsReasoning: true,
  supportsDocuments: true,
  prices,
} as const;
