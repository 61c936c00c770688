import type { Redis } from 'ioredis';
import { z } from 'zod';
import { eventStreams } from './hold.ts';

/** Usage events that were delivered to this process and wait to be written. */
export type Delivered = { stream: string; id: string; event: string | undefined };

const GROUP = 'ledger';
const BATCH = 500;

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
        const [, entries] = claimReply.parse(reply);
        return entries.flatMap((entry) => (entry ? [toDelivered(stream, entry)] : []));
      });
      return (await Promise.all(claims)).flat();
    },
    async acknowledge(events: readonly Delivered[]): Promise<void> {
      const byStream = Object.entries(Object.groupBy(events, ({ stream }) => stream));
      await Promise.all(
        byStream.map(async ([stream, those = []]) => {
          const ids = those.map(({ id }) => id);
          await redis.xack(stream, GROUP, ...ids);
          await redis.xdel(stream, ...ids);
        }),
      );
    },
    /** Sets an event that can never be written aside, for a person to look at. */
    async reject({ stream, event }: Delivered): Promise<void> {
      await redis.xadd(`${stream}:rejected`, 'MAXLEN', '~', 10_000, '*', 'event', event ?? '');
    },
    async length(): Promise<number> {
      const lengths = await Promise.all(eventStreams.map((stream) => redis.xlen(stream)));
      return lengths.reduce((sum, length) => sum + length, 0);
    },
    /** Strikes members from the list that have nothing to do and have not been seen for `idleMs`, or, idle or not, `self`. */
    async forgetConsumers({ idleMs, self }: { idleMs: number; self: boolean }): Promise<void> {
      for (const stream of eventStreams) {
        const members = consumersReply.parse(await redis.xinfo('CONSUMERS', stream, GROUP)).map(toMember);
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

const entrySchema = z.tuple([z.string(), z.array(z.string()).nullable()]);
const readReply = z.array(z.tuple([z.string(), z.array(entrySchema)])).nullable();
const claimReply = z.tuple([z.string(), z.array(entrySchema.nullable())]).rest(z.unknown());
const consumersReply = z.array(z.array(z.union([z.string(), z.number()])));

const allFrom = (position: string) => [...eventStreams, ...eventStreams.map(() => position)];

async function createGroup(redis: Redis, stream: string): Promise<void> {
  try {
    await redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}

function delivered(reply: unknown, prefixLength: number): Delivered[] {
  return (readReply.parse(reply) ?? []).flatMap(([name, entries]) =>
    entries.map((entry) => toDelivered(name.slice(prefixLength), entry)),
  );
}

/** An entry that was deleted while it was pending has no fields. */
function toDelivered(stream: string, [id, fields]: z.infer<typeof entrySchema>): Delivered {
  return { stream, id, event: fields?.[1] };
}

function toMember(reply: (string | number)[]) {
  const field = (name: string) => reply[reply.indexOf(name) + 1];
  return { name: String(field('name')), pending: Number(field('pending')), idle: Number(field('idle')) };
}
