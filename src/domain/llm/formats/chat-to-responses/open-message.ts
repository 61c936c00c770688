import type { JsonObject } from '../format.ts';
import type { ItemStatus, Place } from './event-log.ts';
import { OpenPart } from './open-part.ts';

/** The model's words while they come: texts and refusals, each a part of its own. */
export class OpenMessage {
  readonly place: Place;
  readonly #closed: JsonObject[] = [];
  #part: OpenPart | null = null;

  constructor(place: Place) {
    this.place = place;
    place.log.add('response.output_item.added', { output_index: place.index, item: this.#item('in_progress') });
  }

  say(delta: string): void {
    this.#partOf('output_text').add(delta);
  }

  refuse(delta: string): void {
    this.#partOf('refusal').add(delta);
  }

  annotate(annotation: JsonObject): void {
    this.#partOf('output_text').annotate(annotation);
  }

  close(status: ItemStatus): JsonObject {
    this.#closePart();
    const item = this.#item(status);
    this.place.log.add('response.output_item.done', { output_index: this.place.index, item });
    return item;
  }

  #partOf(kind: 'output_text' | 'refusal'): OpenPart {
    if (this.#part?.kind === kind) return this.#part;
    this.#closePart();
    this.#part = new OpenPart(this.place, kind, this.#closed.length);
    return this.#part;
  }

  #closePart(): void {
    if (this.#part) this.#closed.push(this.#part.close());
    this.#part = null;
  }

  #item(status: ItemStatus | 'in_progress'): JsonObject {
    return { id: this.place.id, type: 'message', status, role: 'assistant', content: [...this.#closed] };
  }
}
