/**
 * Lets retries be a share of the calls, so that an outage does not multiply the load: each call brings a fifth of a retry,
 * and ten are always there to begin with. One for each process.
 */
export class RetryBudget {
  #tokens = MOST;

  /** A call has come. */
  deposit(): void {
    this.#tokens = Math.min(MOST, this.#tokens + SHARE);
  }

  /** @returns whether a retry may be made; it is counted then */
  withdraw(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const SHARE = 0.2;
const MOST = 10;
