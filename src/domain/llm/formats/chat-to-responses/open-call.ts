import type { JsonObject } from '../format.ts';
import type { ItemStatus, Place } from './event-log.ts';

/** A call of a function while its arguments come. */
export class OpenCall {
  readonly place: Place;
  readonly #called: { call_id: string; name: string };
  #arguments = '';

  constructor(place: Place, called: { call_id: string; name: string }) {
    this.place = place;
    this.#called = called;
    place.log.add('response.output_item.added', { output_index: place.index, item: this.#item('in_progress') });
  }

  add(delta: string): void {
    this.#arguments += delta;
    this.place.log.add('response.function_call_arguments.delta', { ...this.#at(), delta });
  }

  close(status: ItemStatus): JsonObject {
    const item = this.#item(status);
    this.place.log.add('response.function_call_arguments.done', { ...this.#at(), arguments: this.#arguments });
    this.place.log.add('response.output_item.done', { output_index: this.place.index, item });
    return item;
  }

  #at(): JsonObject {
    return { item_id: this.place.id, output_index: this.place.index };
  }

  #item(status: ItemStatus | 'in_progress'): JsonObject {
    return { id: this.place.id, type: 'function_call', status, ...this.#called, arguments: this.#arguments };
  }
}
