import { z } from 'zod';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';

/**
 * `encrypted_content` of a reasoning item: opaque to the client, which sends it back with the next request. Ours carries
 * the `thinking_blocks` of a chat message. It hides nothing: the blocks bear their provider's signature, which is what
 * proves them, so a forged one is refused there.
 */
export function sealThinking(blocks: readonly JsonObject[]): string {
  return OURS + Buffer.from(JSON.stringify(blocks)).toString('base64url');
}

/**
 * @returns null for what another service sealed: nobody here can read it
 * @throws AppError `invalid_request` for ours when it has been changed
 */
export function openThinking(sealed: string, path: string): JsonObject[] | null {
  if (!sealed.startsWith(OURS)) return null;
  const blocks = thinkingBlocks.safeParse(parse(Buffer.from(sealed.slice(OURS.length), 'base64url').toString()));
  if (!blocks.success) throw inexpressible(path, 'must be sent back as it was given out');
  return blocks.data;
}

const OURS = 'tb1.';

const thinkingBlocks = z.array(z.looseObject({ type: z.enum(['thinking', 'redacted_thinking']) })).min(1);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
