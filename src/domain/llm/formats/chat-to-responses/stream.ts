import type { Consumption } from '../../../usage/usage.ts';
import { chatUsage } from '../chat/reading.ts';
import type { JsonObject, StreamTranslator } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json.ts';
import { EventLog } from './event-log.ts';
import type { Place } from './event-log.ts';
import { OpenCalls } from './open-calls.ts';
import { OpenMessage } from './open-message.ts';
import { OpenReasoning } from './open-reasoning.ts';
import { outcomeOf, responseObject } from './response.ts';
import type { AnswerContext, Outcome } from './response.ts';
import { thoughtIn } from './thinking-blocks.ts';

/**
 * The chunks of a chat as events of the Responses API (https://platform.openai.com/docs/api-reference/responses-streaming).
 * `response.created` and `response.in_progress` go out with the first chunk, `response.completed` or
 * `response.incomplete` at the end with the whole answer.
 */
export function chatToResponsesStream(context: AnswerContext): StreamTranslator {
  return new ResponsesStream(context);
}

/**
 * Items have the order in which they began. Reasoning and a message end when the next item begins; if the model comes
 * back to them, that is a new item. Calls end with the answer.
 */
class ResponsesStream implements StreamTranslator {
  readonly #context: AnswerContext;
  readonly #log = new EventLog();
  readonly #output: JsonObject[] = [];
  readonly #calls = new OpenCalls(() => this.#place('fc'));
  #begun = 0;
  #current: OpenReasoning | OpenMessage | null = null;
  #state: 'new' | 'open' | 'ended' = 'new';
  #thinksAloud = false;
  #finishReason: string | null = null;
  #usage: Consumption | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  next(chunk: JsonObject): JsonObject[] {
    if (this.#state === 'ended') return [];
    this.#start();
    this.#usage = chatUsage(chunk) ?? this.#usage;
    const choice = objectIn(listIn(chunk['choices'])[0]);
    this.#write(objectIn(choice['delta']));
    this.#finishReason = textIn(choice['finish_reason']) || this.#finishReason;
    return this.#log.take();
  }

  end(): JsonObject[] {
    if (this.#state === 'ended') return [];
    this.#start();
    this.#state = 'ended';
    const outcome = outcomeOf(this.#finishReason);
    this.#closeAll(outcome);
    this.#tell(outcome);
    return this.#log.take();
  }

  #start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'open';
    const response = this.#response({ status: 'in_progress', reason: null });
    this.#log.add('response.created', { response });
    this.#log.add('response.in_progress', { response });
  }

  #write(delta: JsonObject): void {
    this.#think(delta);
    const content = textOf(delta['content']);
    if (content !== '') this.#message().say(content);
    const refusal = textIn(delta['refusal']);
    if (refusal !== '') this.#message().refuse(refusal);
    for (const annotation of listIn(delta['annotations']).filter(isObject)) {
      this.#message().annotate(flatAnnotation(annotation));
    }
    if (delta['tool_calls']) this.#calls.add(delta['tool_calls']);
  }

  /** Where thinking blocks come beside the text of the thoughts, they repeat it; where they come alone, they have it. */
  #think(delta: JsonObject): void {
    const aloud = textIn(delta['reasoning_content']) || textIn(delta['reasoning']);
    const blocks = listIn(delta['thinking_blocks']).filter(isObject);
    this.#thinksAloud ||= aloud !== '';
    const thought = this.#thinksAloud ? aloud : thoughtIn(blocks);
    if (thought !== '') this.#reasoning().think(thought);
    if (blocks.length > 0) this.#reasoning().keep(blocks);
  }

  #reasoning(): OpenReasoning {
    if (this.#current instanceof OpenReasoning) return this.#current;
    const { reasoning } = this.#context.request;
    const asSummary = Boolean(reasoning?.summary ?? reasoning?.generate_summary);
    const opened = new OpenReasoning(this.#place('rs'), { asSummary });
    this.#current = opened;
    return opened;
  }

  #message(): OpenMessage {
    if (this.#current instanceof OpenMessage) return this.#current;
    const opened = new OpenMessage(this.#place('msg'));
    this.#current = opened;
    return opened;
  }

  /** The place of the next item, which ends the item before. */
  #place(prefix: 'rs' | 'msg' | 'fc'): Place {
    if (this.#current) this.#output[this.#current.place.index] = this.#current.close('completed');
    this.#current = null;
    const index = this.#begun++;
    return { log: this.#log, index, id: `${prefix}_${this.#context.responseId.replace(/^resp_/, '')}_${index}` };
  }

  /** The item that was begun last is the one that an end before its time has cut. */
  #closeAll({ status }: Outcome): void {
    const calls = this.#calls.all();
    const open = this.#current ? [...calls, this.#current] : calls;
    for (const item of open.toSorted((one, other) => one.place.index - other.place.index)) {
      const isCut = status === 'incomplete' && item.place.index === this.#begun - 1;
      this.#output[item.place.index] = item.close(isCut ? 'incomplete' : 'completed');
    }
  }

  #tell(outcome: Outcome): void {
    this.#log.add(`response.${outcome.status}`, { response: this.#response(outcome) });
  }

  #response(outcome: Outcome): JsonObject {
    return responseObject(this.#context, { ...outcome, output: [...this.#output], usage: this.#usage });
  }
}

/** Some providers answer with a list of texts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listIn(content)
    .map((part) => textIn(objectIn(part)['text']))
    .join('');
}

function flatAnnotation({ type, url_citation }: JsonObject): JsonObject {
  return { type, ...objectIn(url_citation) };
}
