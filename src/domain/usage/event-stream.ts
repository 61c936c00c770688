import type { Redis } from 'ioredis';
import { eventStreams } from './hold.ts';

/** An entry that was delivered to this process and waits to be written: the usage events of one script. */
export type Delivered = { stream: string; id: string; events: string[] };

const GROUP = 'ledger';
/** Entries of each stream, with up to a hundred events each. */
const BATCH = 100;

/** The consumer group over the event streams of all shards, as one member of it sees it. */
export function openEventStreams({ redis, blockingRedis, consumer }: StreamOptions) {
  const prefixLength = redis.options.keyPrefix?.length ?? 0;

  return {
    async createGroups(): Promise<void> {
      await Promise.all(eventStreams.map((stream) => createGroup(redis, stream)));
    },
    /** New events; waits up to `blockMs` for the first. */
    async next(blockMs: number): Promise<Delivered[]> {
      const reply = await blockingRedis.xreadgroup(
        ...(['GROUP', GROUP, consumer, 'COUNT', BATCH, 'BLOCK', blockMs, 'STREAMS', ...allFrom('>')] as const),
      );
      return delivered(reply, prefixLength);
    },
    /** New events that are there already, or, `again`, those that this member has been given and not acknowledged. */
    async waiting({ again }: { again: boolean }): Promise<Delivered[]> {
      const reply = await redis.xreadgroup(
        ...(['GROUP', GROUP, consumer, 'COUNT', BATCH, 'STREAMS', ...allFrom(again ? '0' : '>')] as const),
      );
      return delivered(reply, prefixLength);
    },
    /** Takes over what other members were given and left for `idleMs`: they are dead, or in trouble. */
    async claim(idleMs: number): Promise<Delivered[]> {
      const claims = eventStreams.map(async (stream) => {
        const reply = await redis.xautoclaim(stream, GROUP, consumer, idleMs, '0', 'COUNT', BATCH);
        return entriesOf(stream, listOf(reply)[1]);
      });
      return (await Promise.all(claims)).flat();
    },
    async acknowledge(events: readonly Delivered[]): Promise<void> {
      const byStream = Object.entries(Object.groupBy(events, ({ stream }) => stream));
      await Promise.all(
        byStream.map(async ([stream, those = []]) => {
          const ids = those.map(({ id }) => id);
          await Promise.all([redis.xack(stream, GROUP, ...ids), redis.xdel(stream, ...ids)]);
        }),
      );
    },
    /** Sets an event that can never be written aside, for a person to look at. */
    async reject(stream: string, event: string): Promise<void> {
      await redis.xadd(`${stream}:rejected`, 'MAXLEN', '~', 10_000, '*', 'event', event);
    },
    /** Strikes members from the list that have nothing to do and have not been seen for `idleMs`, or, idle or not, `self`. */
    async forgetConsumers({ idleMs, self }: { idleMs: number; self: boolean }): Promise<void> {
      for (const stream of eventStreams) {
        const members = listOf(await redis.xinfo('CONSUMERS', stream, GROUP)).map(toMember);
        const gone = members.filter(
          ({ name, pending, idle }) => pending === 0 && (name === consumer ? self : idle > idleMs),
        );
        for (const { name } of gone) await redis.xgroup('DELCONSUMER', stream, GROUP, name);
      }
    },
  };
}

export type StreamOptions = { redis: Redis; blockingRedis: Redis; consumer: string };
export type EventStreams = ReturnType<typeof openEventStreams>;

const allFrom = (position: string) => [...eventStreams, ...eventStreams.map(() => position)];

async function createGroup(redis: Redis, stream: string): Promise<void> {
  try {
    await redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}

/** Replies are lists of `[stream, entries]`; read by hand, because every event of every call comes through here. */
function delivered(reply: unknown, prefixLength: number): Delivered[] {
  return listOf(reply).flatMap((of) => {
    const [name, entries] = listOf(of);
    return entriesOf(String(name).slice(prefixLength), entries);
  });
}

/** An entry is `[id, [field, value, …]]`; one that was deleted while it was pending has no fields, or is not there. */
function entriesOf(stream: string, entries: unknown): Delivered[] {
  return listOf(entries).flatMap((entry) => {
    const [id, fields] = listOf(entry);
    return typeof id === 'string' ? [{ stream, id, events: eventsIn(fields) }] : [];
  });
}

/** The usage events of an entry's fields: `event` was charged when it was appended, `again` most probably before. */
export const eventsIn = (fields: unknown, names: readonly string[] = ['event', 'again']): string[] =>
  listOf(fields).flatMap((value, at, all) =>
    at % 2 === 1 && names.includes(String(all[at - 1])) ? String(value) : [],
  );

function toMember(reply: unknown) {
  const fields = listOf(reply);
  const field = (name: string) => fields[fields.indexOf(name) + 1];
  return { name: String(field('name')), pending: Number(field('pending')), idle: Number(field('idle')) };
}

const listOf = (reply: unknown): unknown[] => (Array.isArray(reply) ? reply : []);
