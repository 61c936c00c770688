/** Each token of the fixed upstream's answers is this word, whatever the wire format around it. */
export const TOKEN = 'tomato';

/** Tells the tokens of a stream as they arrive, wherever the network cut it. */
export function watchTokens(onToken?: (at: number) => void) {
  let tail: Buffer = Buffer.alloc(0);
  let count = 0;
  let firstAt: number | null = null;
  return {
    slice(slice: Buffer): void {
      const data = tail.length === 0 ? slice : Buffer.concat([tail, slice]);
      const now = performance.now();
      for (let at = data.indexOf(TOKEN); at >= 0; at = data.indexOf(TOKEN, at + TOKEN.length)) {
        count += 1;
        firstAt ??= now;
        onToken?.(now);
      }
      tail = data.subarray(Math.max(0, data.length - TOKEN.length + 1));
    },
    count: () => count,
    firstAt: () => firstAt,
  };
}
