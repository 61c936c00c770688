import { callFragments } from './call-fragments.ts';
import type { CallFragment } from './call-fragments.ts';
import type { Place } from './event-log.ts';
import { OpenCall } from './open-call.ts';

/**
 * The calls of an answer, whose fragments may be interleaved: so all of them stay open until the end. A call is told
 * as soon as its name is known, and what came before the name right after.
 */
export class OpenCalls {
  readonly #placeNext: () => Place;
  readonly #calls = new Map<string, { id: string; early: string; open: OpenCall | null }>();
  readonly #ids = new Set<string>();
  #lastKey = '';

  /** @param placeNext gives the next free place of the output */
  constructor(placeNext: () => Place) {
    this.#placeNext = placeNext;
  }

  add(toolCalls: unknown): void {
    for (const fragment of callFragments(toolCalls, this.#lastKey)) {
      this.#lastKey = fragment.key;
      this.#addFragment(fragment);
    }
  }

  /** All of them, the nameless too, which is how a broken upstream becomes visible. */
  all(): OpenCall[] {
    return [...this.#calls.values()].map((call) => call.open ?? this.#open(call, ''));
  }

  #addFragment(fragment: CallFragment): void {
    const call = this.#calls.get(fragment.key) ?? { id: '', early: '', open: null };
    this.#calls.set(fragment.key, call);
    call.id ||= fragment.id;
    if (!call.open && fragment.name === '') {
      call.early += fragment.arguments;
      return;
    }
    call.open ??= this.#open(call, fragment.name);
    if (fragment.arguments !== '') call.open.add(fragment.arguments);
  }

  #open(call: { id: string; early: string }, name: string): OpenCall {
    const place = this.#placeNext();
    const open = new OpenCall(place, { call_id: this.#callId(call.id, place), name });
    if (call.early !== '') open.add(call.early);
    return open;
  }

  /** Clients match outputs to calls by it, so one that is missing, or the same twice, is replaced. */
  #callId(given: string, { id }: Place): string {
    const callId = given === '' || this.#ids.has(given) ? id.replace(/^fc_/, 'call_') : given;
    this.#ids.add(callId);
    return callId;
  }
}
