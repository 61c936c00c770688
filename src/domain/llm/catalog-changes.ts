/** What changes of a row; undefined stays as it is. */
export type Changes<T> = { [K in keyof T]?: T[K] | undefined };

/** The changes alone. */
export function given<T extends object>(changes: Changes<T>): Partial<T> {
  const kept: Partial<T> = {};
  for (const name in changes) {
    const value = changes[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
