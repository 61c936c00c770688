/** Whoever takes the texts of a stream, one after the other. */
export type TextSink = {
  /** @returns whether the next one may come at once; else it may when `onceReady` has called back */
  write(text: string): boolean;
  onceReady(resume: () => void): void;
  /** @param last the last text, or '' @param error what broke the stream in our own hands */
  end(last: string, error?: unknown): void;
};

/** Texts that flow as soon as somebody takes them. They end by themselves when their client goes. */
export type TextStream = { flow(to: TextSink): void };
