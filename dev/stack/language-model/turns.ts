/** One at a time, in order of arrival. A turn whose signal is aborted while it waits is given up without being taken. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
