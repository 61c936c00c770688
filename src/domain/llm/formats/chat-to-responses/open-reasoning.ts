import type { JsonObject } from '../format.ts';
import { sealThinking } from '../responses/encrypted-content.ts';
import type { ItemStatus, Place } from './event-log.ts';
import { OpenPart } from './open-part.ts';
import { addThinking } from './thinking-blocks.ts';

/**
 * The model's thoughts while they come. They stand in `summary` when the client asked for one, because that is where it
 * looks then, else in `content`; never in both. What proves them to their provider goes along sealed.
 */
export class OpenReasoning {
  readonly place: Place;
  readonly #kind: 'summary_text' | 'reasoning_text';
  readonly #blocks: JsonObject[] = [];
  #part: OpenPart | null = null;

  constructor(place: Place, { asSummary }: { asSummary: boolean }) {
    this.place = place;
    this.#kind = asSummary ? 'summary_text' : 'reasoning_text';
    place.log.add('response.output_item.added', { output_index: place.index, item: this.#item('in_progress', {}) });
  }

  think(delta: string): void {
    this.#part ??= new OpenPart(this.place, this.#kind, 0);
    this.#part.add(delta);
  }

  keep(pieces: readonly JsonObject[]): void {
    addThinking(this.#blocks, pieces);
  }

  close(status: ItemStatus): JsonObject {
    const item = this.#item(status, this.#thoughts());
    this.place.log.add('response.output_item.done', { output_index: this.place.index, item });
    return item;
  }

  #thoughts(): JsonObject {
    const part = this.#part?.close();
    return {
      ...(part ? { [this.#kind === 'summary_text' ? 'summary' : 'content']: [part] } : {}),
      ...(this.#blocks.length > 0 ? { encrypted_content: sealThinking(this.#blocks) } : {}),
    };
  }

  #item(status: ItemStatus | 'in_progress', thoughts: JsonObject): JsonObject {
    return { id: this.place.id, type: 'reasoning', status, summary: [], ...thoughts };
  }
}
