import type { JsonObject } from '../format.ts';
import type { Place } from './event-log.ts';

/** A part of an item while it is being written: announced, filled by deltas, then told as a whole. */
export class OpenPart {
  readonly kind: PartKind;
  readonly #place: Place;
  readonly #at: JsonObject;
  readonly #annotations: JsonObject[] = [];
  #written = '';

  /** @param index among the parts of its item */
  constructor(place: Place, kind: PartKind, index: number) {
    this.kind = kind;
    this.#place = place;
    this.#at = { item_id: place.id, output_index: place.index, [kinds[kind].index]: index };
    place.log.add(`${kinds[kind].part}.added`, { ...this.#at, part: this.#part() });
  }

  add(delta: string): void {
    this.#written += delta;
    this.#place.log.add(`${kinds[this.kind].text}.delta`, { ...this.#at, delta, ...this.#logprobs() });
  }

  annotate(annotation: JsonObject): void {
    this.#place.log.add('response.output_text.annotation.added', {
      ...this.#at,
      annotation_index: this.#annotations.length,
      annotation,
    });
    this.#annotations.push(annotation);
  }

  close(): JsonObject {
    const { text, part, field } = kinds[this.kind];
    this.#place.log.add(`${text}.done`, { ...this.#at, [field]: this.#written, ...this.#logprobs() });
    this.#place.log.add(`${part}.done`, { ...this.#at, part: this.#part() });
    return this.#part();
  }

  #part(): JsonObject {
    const written = { type: this.kind, [kinds[this.kind].field]: this.#written };
    return this.kind === 'output_text' ? { ...written, annotations: [...this.#annotations], logprobs: [] } : written;
  }

  /** The events of a text must have the list, which is empty as nobody can ask for probabilities. */
  #logprobs(): JsonObject {
    return this.kind === 'output_text' ? { logprobs: [] } : {};
  }
}

type PartKind = keyof typeof kinds;

const kinds = {
  output_text: {
    field: 'text',
    index: 'content_index',
    text: 'response.output_text',
    part: 'response.content_part',
  },
  refusal: {
    field: 'refusal',
    index: 'content_index',
    text: 'response.refusal',
    part: 'response.content_part',
  },
  reasoning_text: {
    field: 'text',
    index: 'content_index',
    text: 'response.reasoning_text',
    part: 'response.content_part',
  },
  summary_text: {
    field: 'text',
    index: 'summary_index',
    text: 'response.reasoning_summary_text',
    part: 'response.reasoning_summary_part',
  },
} as const;
