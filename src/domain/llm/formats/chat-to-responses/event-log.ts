import type { JsonObject } from '../format.ts';

/** Events in the order in which they go out, numbered from 0 without a gap. */
export class EventLog {
  #next = 0;
  #pending: JsonObject[] = [];

  add(type: string, fields: JsonObject): void {
    this.#pending.push({ type, sequence_number: this.#next++, ...fields });
  }

  take(): JsonObject[] {
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }
}

/** Where an item stands: its events go into the log with its index and its id. */
export type Place = { log: EventLog; index: number; id: string };

export type ItemStatus = 'completed' | 'incomplete';
