import type { TokenUsage } from '../usage/usage.ts';
import type { JsonObject } from './attempt.ts';
import { isError, usageIn, writtenIn } from './openai-body.ts';

export type RelayOptions = {
  chunks: AsyncGenerator<JsonObject>;
  signal: AbortSignal;
  /** The public name, which stands in every chunk. */
  model: string;
  /** Whether the client asked for usage; else what we asked for is taken out again. */
  wantsUsage: boolean;
  /** Called once, before the last event goes out: `complete`, `broken` by the upstream, or `left` by the client. */
  ended: (end: StreamEnd) => Promise<void>;
};

export type StreamEnd = { told: TokenUsage | null; written: string; how: 'complete' | 'broken' | 'left' };

/**
 * Passes a started stream on. When it breaks, the client gets an error event in OpenAI's format and the end: text that
 * has gone out cannot be taken back, so nothing is tried again.
 */
export function relay({ chunks, signal, model, wantsUsage, ended }: RelayOptions): AsyncIterable<string> {
  const written: string[] = [];
  let told: TokenUsage | null = null;
  let ending: Promise<void> | undefined;
  const end = (how: StreamEnd['how']) => (ending ??= ended({ told, written: written.join(''), how }));

  // A client that goes before it has read anything never starts the generator below, whose `finally` would not run.
  const onAbort = () => void end('left').catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  async function* events(): AsyncGenerator<string> {
    try {
      for await (const chunk of chunks) {
        told = usageIn(chunk) ?? told;
        written.push(writtenIn(chunk));
        if (isError(chunk)) throw new Error('the upstream reported an error');
        const shown = wantsUsage ? chunk : withoutUsage(chunk);
        if (shown) yield JSON.stringify({ ...shown, model });
      }
      await end('complete');
      yield '[DONE]';
    } catch {
      if (signal.aborted) return;
      await end('broken');
      yield brokenOff;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await chunks.return(undefined);
      await end('left');
    }
  }
  return events();
}

/** Nothing is left of the chunk that exists only for its usage. */
function withoutUsage({ usage, ...chunk }: JsonObject): JsonObject | null {
  return usage && Array.isArray(chunk['choices']) && chunk['choices'].length === 0 ? null : chunk;
}

const brokenOff = JSON.stringify({
  error: { message: 'The answer broke off.', type: 'server_error', param: null, code: 'upstream_failed' },
});
