import type { JsonObject } from '../format.ts';
import { objectIn } from '../json.ts';
import { openBlock } from './open-block.ts';
import type { OpenBlock } from './open-block.ts';

/** The blocks of one stream that are being written; calls are numbered as they begin. All answers are OpenAI's deltas. */
export function createOpenBlocks(): OpenBlocks {
  const open = new Map<unknown, OpenBlock>();
  let calls = 0;

  function start(index: unknown, contentBlock: JsonObject): JsonObject | null {
    const block = openBlock(contentBlock, calls);
    if (!block) return null;
    if (contentBlock['type'] === 'tool_use') calls += 1;
    open.set(index, block);
    return block.opening;
  }

  function stop(index: unknown): JsonObject | null {
    const last = open.get(index)?.close() ?? null;
    open.delete(index);
    return last;
  }

  function said({ type, index, content_block, delta }: JsonObject): JsonObject | null {
    if (type === 'content_block_delta') return open.get(index)?.write(objectIn(delta)) ?? null;
    return type === 'content_block_start' ? start(index, objectIn(content_block)) : stop(index);
  }

  return {
    next(event) {
      const delta = said(event);
      return delta ? [delta] : [];
    },
    closeAll: () => [...open.keys()].map(stop).filter((delta) => delta !== null),
  };
}

export type OpenBlocks = {
  /** @param event `content_block_start`, `_delta` or `_stop` */
  next(event: JsonObject): JsonObject[];
  /** For a stream that ends without having closed them. */
  closeAll(): JsonObject[];
};
