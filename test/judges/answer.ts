/** The wire formats of the scripted upstreams. */
export const formats = ['openai', 'anthropic'] as const;
export type Format = (typeof formats)[number];

/** What a model answers, whichever format its provider speaks. Told as a stream, text comes in `pieces`. */
export type Answer = {
  thinking?: string;
  /** Of Anthropic's thinking alone. */
  signature?: string;
  pieces?: string[];
  calls?: Call[];
  used?: Partial<Used>;
  end?: 'finished' | 'calling' | 'cut' | 'refused';
};

export type Call = { id: string; name: string; input: Record<string, unknown> };

/** Tokens by kind; none is part of another one but `thinking`, which is part of `out`. */
export type Used = {
  fresh: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  out: number;
  thinking: number;
};

/** With nothing left open. */
export type ToldAnswer = Answer & { used: Used; end: NonNullable<Answer['end']> };

/** A text in two, as arguments of a call come in a stream. */
export function halves(text: string): [string, string] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
