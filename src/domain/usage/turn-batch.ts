import type { AtTurnsEnd } from './turns.ts';

/**
 * Sends what is asked within one turn of the event loop together, by group: under load most of a call's price is its
 * journey. Within a group calls are done in the order in which they came.
 * @param send answers each call of a group, in order; its failure is that of all
 */
export function createTurnBatch<Group, Call, Reply>(atTurnsEnd: AtTurnsEnd, send: Send<Group, Call, Reply>) {
  let waiting = new Map<Group, Waiting<Call, Reply>[]>();

  function flush(): void {
    const all = waiting;
    waiting = new Map();
    for (const [group, calls] of all) {
      for (let from = 0; from < calls.length; from += MOST_CALLS)
        void carry(group, calls.slice(from, from + MOST_CALLS));
    }
  }

  async function carry(group: Group, all: Waiting<Call, Reply>[]): Promise<void> {
    try {
      const replies = await send(
        group,
        all.map(({ call }) => call),
      );
      for (const [at, { done, fail }] of all.entries()) {
        const reply = replies[at];
        if (reply instanceof Error) fail(reply);
        else if (reply === undefined) fail(new Error('a call without a reply'));
        else done(reply);
      }
    } catch (error) {
      for (const { fail } of all) fail(error);
    }
  }

  return (group: Group, call: Call): Promise<Reply> =>
    new Promise((done, fail) => {
      if (waiting.size === 0) atTurnsEnd(flush);
      const others = waiting.get(group);
      if (others) others.push({ call, done, fail });
      else waiting.set(group, [{ call, done, fail }]);
    });
}

type Send<Group, Call, Reply> = (group: Group, calls: readonly Call[]) => Promise<readonly (Reply | Error)[]>;
type Waiting<Call, Reply> = { call: Call; done: (reply: Reply) => void; fail: (error: unknown) => void };

/** Keeps a script from holding up the server for long. */
const MOST_CALLS = 100;
