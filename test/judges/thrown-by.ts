/** What a promise is rejected with; null when it is not. */
export const thrownBy = (asked: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(asked).then(
    () => null,
    (error: unknown) => error,
  );
