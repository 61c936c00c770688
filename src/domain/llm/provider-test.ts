import { Model } from '../../entities/model.ts';
import { Provider } from '../../entities/provider.ts';
import type { WireFormat } from '../../entities/provider.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';
import { openProvider } from './catalog-snapshot.ts';
import type { UpstreamProvider } from './catalog-snapshot.ts';
import { EXPIRED } from './upstream/http.ts';
import type { UpstreamHttp, UpstreamRequest } from './upstream/http.ts';

export type ProviderTestParts = {
  database: Database;
  keyring: Keyring;
  http: UpstreamHttp;
  outbound: OutboundPolicy;
  logger: Logger;
};

/** `status` is the provider's own, null when it could not be reached; `message` is what an operator reads. */
export type ProviderTest = { ok: boolean; status: number | null; latency_ms: number; message: string };

/**
 * Asks a provider, enabled or not, with its first credential: for its list of models, or one model for one token. Nobody is
 * charged for it.
 */
export function createProviderTest({ database, keyring, http, outbound, logger }: ProviderTestParts) {
  /** @throws AppError `not_found` for a provider, or a model of it, that there is not; `invalid_request` for its address */
  return async function testProvider(providerId: string, modelId?: string): Promise<ProviderTest> {
    const em = database.em.fork();
    const row = await em.findOne(Provider, { id: providerId }, { populate: ['sealedCredentials'] });
    if (!row) throw new AppError('not_found', 'There is no such provider.');
    const model = modelId === undefined ? null : await em.findOne(Model, { id: modelId, providerId });
    if (modelId !== undefined && !model) throw new AppError('not_found', 'The provider has no such model.');

    outbound.assertAllowed(row.baseUrl, 'base_url'); // a name is judged when it is looked up, an address never is
    const provider = openProvider(row, { keyring, logger });
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(EXPIRED), PATIENCE_MS);
    const began = performance.now();
    const patience = { signal: deadline.signal, idleMs: PATIENCE_MS };
    const sent = await http.send({ ...questionFor(provider, model?.upstreamName), provider, credential: 0, patience });
    clearTimeout(timer);
    const latency = Math.round(performance.now() - began);
    if (sent.kind === 'ok') {
      sent.response.body.cut();
      return { ok: true, status: sent.response.statusCode, latency_ms: latency, message: 'It answers.' };
    }
    const failure = sent.kind === 'failed' ? sent : { status: null, message: 'It was not asked.' };
    return { ok: false, status: failure.status, latency_ms: latency, message: failure.message };
  };
}

const PATIENCE_MS = 15_000;

type TestQuestion = Pick<UpstreamRequest, 'method' | 'path' | 'headers' | 'body'>;

const lists: Record<WireFormat, string> = { openai: '/models', anthropic: '/models', comfyui: '/system_stats' };

function questionFor({ wireFormat }: UpstreamProvider, model: string | undefined): TestQuestion {
  if (model === undefined || wireFormat === 'comfyui') return { method: 'GET', path: lists[wireFormat] };
  const messages = [{ role: 'user', content: 'Say yes.' }];
  const path = wireFormat === 'openai' ? '/chat/completions' : '/messages';
  const headers = { 'content-type': 'application/json' };
  return { path, headers, body: JSON.stringify({ model, messages, max_tokens: 1 }) };
}
