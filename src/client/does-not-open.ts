/** Wrong secret, other format or changed bytes: authenticated encryption does not say which, and neither do we. */
export class DoesNotOpen extends Error {
  constructor(what: 'envelope' | 'grant', cause?: unknown) {
    super(`The ${what} does not open with these secrets.`, { cause });
    this.name = 'DoesNotOpen';
  }
}
