import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';
import type { Block, BlockQueue } from './block-queue.ts';

/** Adds to the text that is being written, or begins one. */
export function writeText(blocks: BlockQueue, text: string, out: JsonObject[]): void {
  if (text === '') return;
  blocks.write(lastOr(blocks, 'text', out), { type: 'text_delta', text }, out);
}

/**
 * The same of thinking. A signature ends its block: LiteLLM sends it alone, and our own gateway with the whole text once
 * more, which is not said again. A redacted block comes whole.
 */
export function writeThinking(blocks: BlockQueue, piece: JsonObject, out: JsonObject[]): void {
  if (piece['type'] === 'redacted_thinking') {
    blocks.add({ kind: 'redacted_thinking', data: textIn(piece['data']), said: '', unsent: [] }, out);
    return;
  }
  const thinking = textIn(piece['thinking']);
  const signature = textIn(piece['signature']);
  if (thinking === '' && signature === '') return;
  const block = lastOr(blocks, 'thinking', out);
  const isRepeated = signature !== '' && thinking === block.said;
  if (thinking !== '' && !isRepeated) blocks.write(block, { type: 'thinking_delta', thinking }, out);
  block.said += thinking;
  if (signature === '') return;
  blocks.write(block, { type: 'signature_delta', signature }, out);
  block.signed = true;
}

function lastOr(blocks: BlockQueue, kind: 'text' | 'thinking', out: JsonObject[]): Block {
  const { last } = blocks;
  if (last?.kind === kind && !last.signed) return last;
  const block: Block = { kind, said: '', unsent: [] };
  blocks.add(block, out);
  return block;
}
