import assert from 'node:assert/strict';
import { isObject, listIn, objectIn, textIn } from '../../src/domain/llm/formats/json.ts';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';

/**
 * Holds a stream of the Responses API to its grammar (https://platform.openai.com/docs/api-reference/responses-streaming):
 * numbers without gaps, everything announced, filled and closed once, every whole equal to its pieces, one last event.
 * @returns the Response of the last event
 * @throws AssertionError that names the event
 */
export function checkResponsesStream(events: readonly JsonObject[]): JsonObject {
  const checker = new StreamChecker();
  for (const [index, event] of events.entries()) {
    assert.equal(event['sequence_number'], index, `event ${index}: its number`);
    checker.see(event, index === events.length - 1);
  }
  assert(checker.final, 'the stream ends with the whole response');
  return checker.final;
}

type Part = { kind: string; written: string; told: boolean; annotations: unknown[] };
type Item = { id: string; type: string; closed: unknown[]; part: Part | null; done: JsonObject | null };

class StreamChecker {
  final: JsonObject | null = null;
  readonly #items: Item[] = [];
  #id = '';
  #seen = 0;

  see(event: JsonObject, isLast: boolean): void {
    const type = textIn(event['type']);
    const opening = ['response.created', 'response.in_progress'][this.#seen++];
    if (opening !== undefined) this.#open(event, opening);
    else if (isLast) this.#end(event, type);
    else if (type === 'response.output_item.added') this.#addItem(event);
    else if (type === 'response.output_item.done') this.#endItem(event);
    else this.#write(event, type);
  }

  #open(event: JsonObject, type: string): void {
    assert.equal(event['type'], type);
    const response = objectIn(event['response']);
    assert.equal(response['status'], 'in_progress');
    assert.deepEqual(response['output'], []);
    this.#id ||= textIn(response['id']);
    assert.match(this.#id, /^resp_/);
    assert.equal(response['id'], this.#id);
  }

  #end(event: JsonObject, type: string): void {
    const response = objectIn(event['response']);
    assert.match(type, /^response\.(completed|incomplete)$/);
    assert.equal(`response.${textIn(response['status'])}`, type);
    assert.equal(response['id'], this.#id);
    assert.equal(isObject(response['incomplete_details']), type === 'response.incomplete');
    for (const { id, done } of this.#items) assert(done, `${id} is done before the response`);
    const items = this.#items.map(({ done }) => done);
    assert.deepEqual(response['output'], items);
    this.final = response;
  }

  #addItem({ output_index, item }: JsonObject): void {
    const { id, type, status } = objectIn(item);
    assert.equal(output_index, this.#items.length, 'output indexes are dense');
    assert.equal(status, 'in_progress');
    assert.match(textIn(id), prefixes[textIn(type)] ?? /^unknown type$/);
    assert(!this.#items.some((other) => other.id === id), `${textIn(id)} is used once`);
    const part = type === 'function_call' ? newPart('function_call_arguments') : null;
    this.#items.push({ id: textIn(id), type: textIn(type), closed: [], part, done: null });
  }

  #endItem({ output_index, item }: JsonObject): void {
    const done = objectIn(item);
    const open = this.#itemAt({ output_index, item_id: done['id'] });
    assert.equal(done['type'], open.type);
    assert.match(textIn(done['status']), /^(completed|incomplete)$/);
    if (open.type === 'function_call') {
      assert(open.part?.told, 'the arguments are told as a whole first');
      assert.equal(done['arguments'], open.part.written);
    } else {
      assert.equal(open.part, null, 'the last part is done first');
      assert.deepEqual([...listIn(done['summary']), ...listIn(done['content'])], open.closed);
    }
    open.done = done;
  }

  #write(event: JsonObject, type: string): void {
    const item = this.#itemAt(event);
    const [, subject, verb] = /^response\.(\w+(?:\.annotation)?)\.(added|delta|done)$/.exec(type) ?? [];
    assert(subject && verb, `${type} is an event of a stream`);
    if (subject.endsWith('_part')) return verb === 'added' ? addPart(item, event) : endPart(item, event);
    const part = partOf(item, event, subject.replace('.annotation', ''));
    if (subject.endsWith('.annotation')) return annotate(part, event);
    if (verb === 'delta') return addDelta(part, event);
    assert.equal(event[fieldOf[subject] ?? 'text'], part.written, `${type}: the whole equals its pieces`);
    assert(!part.told, `${type} comes once`);
    part.told = true;
  }

  #itemAt({ output_index, item_id }: JsonObject): Item {
    const item = this.#items[Number(output_index)];
    assert(item, `output ${String(output_index)} was added`);
    assert.equal(item.id, item_id);
    assert.equal(item.done, null, `${item.id} is still open`);
    return item;
  }
}

const prefixes: Record<string, RegExp> = { message: /^msg_./, reasoning: /^rs_./, function_call: /^fc_./ };

/** Which parts an item may have, and by which events they are written. */
const kindsOf: Record<string, Record<string, string>> = {
  message: { output_text: 'output_text', refusal: 'refusal' },
  reasoning: { reasoning_text: 'reasoning_text', summary_text: 'reasoning_summary_text' },
};
const fieldOf: Record<string, string> = { refusal: 'refusal', function_call_arguments: 'arguments' };

const newPart = (kind: string): Part => ({ kind, written: '', told: false, annotations: [] });

function addPart(item: Item, event: JsonObject): void {
  const part = objectIn(event['part']);
  const kind = kindsOf[item.type]?.[textIn(part['type'])];
  assert(kind, `a ${item.type} has parts of type ${textIn(part['type'])}`);
  assert.equal(textIn(event['type']).includes('summary'), kind.includes('summary'));
  assert.equal(item.part, null, 'one part at a time');
  assert.equal(indexIn(event), item.closed.length, 'part indexes are dense');
  assert.equal(part[fieldOf[kind] ?? 'text'], '', 'a part begins empty');
  item.part = newPart(kind);
}

function endPart(item: Item, event: JsonObject): void {
  const part = objectIn(event['part']);
  const open = partOf(item, event, kindsOf[item.type]?.[textIn(part['type'])] ?? '');
  assert(open.told, 'the text is told as a whole before its part is done');
  assert.equal(part[fieldOf[open.kind] ?? 'text'], open.written);
  if (open.kind === 'output_text') assert.deepEqual(part['annotations'], open.annotations);
  item.closed.push(part);
  item.part = null;
}

function partOf(item: Item, event: JsonObject, kind: string): Part {
  assert.equal(item.part?.kind, kind, `${textIn(event['type'])} belongs to the open part`);
  assert(item.part);
  if (item.type !== 'function_call') assert.equal(indexIn(event), item.closed.length);
  return item.part;
}

function addDelta(part: Part, { delta }: JsonObject): void {
  assert(!part.told, 'no delta after the whole');
  assert.notEqual(textIn(delta), '', 'a delta says something');
  part.written += textIn(delta);
}

function annotate(part: Part, { annotation_index, annotation }: JsonObject): void {
  assert.equal(annotation_index, part.annotations.length);
  part.annotations.push(annotation);
}

function indexIn(event: JsonObject): unknown {
  return event['content_index'] ?? event['summary_index'];
}
