import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { UpstreamProvider } from '../catalog-snapshot.ts';
import { exchange } from './exchange.ts';
import type { UpstreamResponse } from './exchange.ts';
import { failureOfError, failureOfStatus } from './failure.ts';
import type { UpstreamFailure } from './failure.ts';

export type UpstreamRequest = {
  provider: UpstreamProvider;
  /** Which of the provider's credentials. */
  credential: number;
  method?: 'GET' | 'POST';
  /** Below the provider's base URL, as `/chat/completions`. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Dispatcher.DispatchOptions['body'];
  patience: Patience;
};

/** Aborted with `expired` by our own deadline, with anything else because the caller has gone. */
export type Patience = { signal: AbortSignal; idleMs: number };

export type UpstreamAnswer = { kind: 'ok'; response: UpstreamResponse } | { kind: 'cancelled' } | UpstreamFailure;

export type UpstreamHttp = ReturnType<typeof createUpstreamHttp>;

/**
 * One request to a provider. Never throws, follows no redirects, and writes neither bodies nor keys to a log.
 * @param lookup refuses names that must not be reached
 */
export function createUpstreamHttp({ now, lookup }: { now: () => Date; lookup?: LookupFunction }) {
  const connect = { timeout: CONNECT_MS, ...(lookup && { lookup }) };
  const agent = new Agent({ headersTimeout: 0, connections: null, connect });

  async function send({ provider, path, headers, patience, ...call }: UpstreamRequest): Promise<UpstreamAnswer> {
    const { origin, base } = addressOf(provider.baseUrl);
    try {
      const response = await exchange(agent, {
        origin,
        path: `${base}${path}`,
        method: call.method ?? 'POST',
        headers: { ...authorization(provider, call.credential), ...provider.headers, ...headers },
        body: call.body ?? null,
        headersTimeout: 0,
        bodyTimeout: patience.idleMs,
        signal: patience.signal,
      });
      return response.statusCode >= 200 && response.statusCode < 300
        ? { kind: 'ok', response }
        : await failureOfStatus(response, now());
    } catch (error) {
      return endOf(error, patience.signal);
    }
  }

  return { send, close: () => agent.destroy() };
}

/** What an attempt that threw has come to. */
export function endOf(error: unknown, signal: AbortSignal): { kind: 'cancelled' } | UpstreamFailure {
  if (!signal.aborted) return failureOfError(error);
  return signal.reason === EXPIRED ? failureOfError('timeout') : { kind: 'cancelled' };
}

/** The reason by which a deadline aborts an attempt. */
export const EXPIRED = Symbol('expired');

const CONNECT_MS = 5_000;

/** A URL is taken apart once, not with every request. */
const addresses = new Map<string, { origin: string; base: string }>();

function addressOf(baseUrl: string): { origin: string; base: string } {
  const known = addresses.get(baseUrl);
  if (known) return known;
  const { origin, pathname } = new URL(baseUrl);
  const address = { origin, base: pathname.replace(/\/$/, '') };
  if (addresses.size >= MOST_ADDRESSES) addresses.clear();
  addresses.set(baseUrl, address);
  return address;
}

const MOST_ADDRESSES = 1_000;

/** https://docs.anthropic.com/en/api/overview and https://platform.openai.com/docs/api-reference/authentication */
function authorization({ wireFormat, credentials }: UpstreamProvider, number: number): Record<string, string> {
  const credential = credentials[number];
  if (wireFormat === 'anthropic') {
    return { 'anthropic-version': '2023-06-01', ...(credential !== undefined && { 'x-api-key': credential }) };
  }
  return credential === undefined ? {} : { authorization: `Bearer ${credential}` };
}
