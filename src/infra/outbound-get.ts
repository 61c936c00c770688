import { Agent, request } from 'undici';
import type { OutboundPolicy } from './outbound.ts';

/**
 * Reads a file from an address that a user chose: within the outbound policy, without following redirects, within a time
 * and a size for all of it. One connection for one file, so that there is nothing to close.
 * @throws an Error that says why, in words for the user
 */
export async function outboundGet(url: string, { outbound, timeoutMs, maxBytes }: OutboundGet): Promise<GotFile> {
  const refusal = outbound.refusal(url);
  if (refusal !== null) throw new Error(`the address ${refusal}`);
  const agent = new Agent({ connect: { timeout: timeoutMs, lookup: outbound.lookup }, maxResponseSize: maxBytes });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, headers, body } = await request(url, { dispatcher: agent, signal, headers: { accept: '*/*' } });
    if (statusCode !== 200) throw new Error(`its server answered ${statusCode}`);
    const type = headers['content-type'];
    return { bytes: await body.bytes(), contentType: typeof type === 'string' ? type : 'application/octet-stream' };
  } finally {
    await agent.destroy();
  }
}

export type OutboundGet = { outbound: OutboundPolicy; timeoutMs: number; maxBytes: number };
export type GotFile = { bytes: Uint8Array; contentType: string };
