import type { Redis } from 'ioredis';
import { createRedisScript } from '../../infra/redis-script.ts';

/** One call of a script; its keys share a hash tag. */
export type ScriptCall = {
  verb: 'reserve' | 'settle' | 'take' | 'correct';
  keys: string[];
  args: (string | number)[];
};

export type RunCall = (call: ScriptCall) => Promise<unknown>;

/**
 * Runs the calls that come within one turn of the event loop together, those of one hash tag in one script: under load
 * most of a call's price is its journey. They are done in the order in which they came.
 */
export function createCallBatch(redis: Redis): RunCall {
  let waiting: Waiting[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (const group of Map.groupBy(all, ({ tag }) => tag).values()) {
      for (let from = 0; from < group.length; from += MOST_CALLS) void send(group.slice(from, from + MOST_CALLS));
    }
  }

  async function send(group: Waiting[]): Promise<void> {
    const numbers = new Map<string, number>();
    const numberOf = (key: string) => {
      const number = numbers.get(key) ?? numbers.size + 1;
      numbers.set(key, number);
      return number;
    };
    const calls = group.map(({ call: { verb, keys, args } }) => [verb, keys.map(numberOf), args]);
    try {
      const replies = await batchScript(redis, [...numbers.keys()], [JSON.stringify(calls)]);
      for (const [at, { done, fail }] of group.entries()) {
        const reply: unknown = Array.isArray(replies) ? replies[at] : undefined;
        const failure = failureIn(reply);
        if (failure) fail(failure);
        else done(reply);
      }
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }

  return (call) =>
    new Promise((done, fail) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ tag: tagOf(call), call, done, fail });
    });
}

type Waiting = { tag: string; call: ScriptCall; done: (reply: unknown) => void; fail: (error: unknown) => void };

/** Keeps a script from holding up the server for long. */
const MOST_CALLS = 100;

const batchScript = createRedisScript(
  ...['shared', 'batch-begin', 'reserve', 'settle', 'upstream-rate', 'batch-end'].map(
    (name) => new URL(`${name}.lua`, import.meta.url),
  ),
);

function tagOf({ keys: [key = ''] }: ScriptCall): string {
  return key.slice(key.indexOf('{'), key.indexOf('}') + 1);
}

function failureIn(reply: unknown): Error | null {
  return Array.isArray(reply) && reply[0] === 'error' ? new Error(String(reply[1])) : null;
}
