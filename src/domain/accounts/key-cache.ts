import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { createKeyChannel } from './key-channel.ts';
import type { ChannelParts, KeyNews } from './key-channel.ts';
import { readKey } from './read-key.ts';
import type { KnownKey } from './read-key.ts';
import { within } from './within.ts';

/** `unconfirmed`: Postgres was away when it was to be read again. */
type Entry = { key: KnownKey; freshUntilMs: number; unconfirmed: boolean };

type Parts = ChannelParts & { database: Database; now: () => Date };

/**
 * Keys by their hash, in memory. A change is told to all processes over Redis; while this process may be missing such
 * messages (not yet subscribed, connection lost) it trusts nothing and reads Postgres. While it hears everything and
 * Postgres is away, what it knows goes on being true: nobody can change a key without Postgres.
 */
export function createKeyCache({ database, now, ...channelParts }: Parts) {
  const { logger } = channelParts;
  const known = new LRUCache<string, Entry>({ max: 50_000 });
  /** Until when a hash is taken to be nobody's. Apart, so that guesses push no key out of memory. */
  const unknown = new LRUCache<string, number>({ max: 10_000 });
  const reading = new Map<string, Promise<KnownKey | null>>();
  let changes = 0;

  const channel = createKeyChannel(channelParts, {
    onNews: drop,
    onLost() {
      changes += 1;
      for (const memory of [known, unknown, reading]) memory.clear();
    },
  });

  return {
    /**
     * At once when the key is known. Null: there is no such key.
     * @throws AppError `unavailable` for a key that is not known while Postgres is away
     */
    find(keyHash: string, atMs: number): KnownKey | null | Promise<KnownKey | null> {
      if (!channel.listening()) return firstRead(keyHash);
      const entry = known.get(keyHash);
      if (entry) return atMs < entry.freshUntilMs ? entry.key : readAgain(keyHash, entry, atMs);
      return atMs < (unknown.get(keyHash) ?? 0) ? null : firstRead(keyHash);
    },

    /** @throws AppError `unavailable` when the others could not be told; the caller may repeat its change */
    async forget(news: KeyNews): Promise<void> {
      drop(news);
      await channel.tell(news);
    },

    close: () => channel.close(),
  };

  function drop({ kind, id }: KeyNews): void {
    changes += 1;
    reading.clear(); // what is being read may be older than the change
    if (kind === 'key') {
      known.delete(id);
      return;
    }
    known.forEach(({ key }, keyHash) => {
      if ((kind === 'user' ? key.caller.userId : key.tierId) === id) known.delete(keyHash);
    });
  }

  async function firstRead(keyHash: string): Promise<KnownKey | null> {
    return within(read(keyHash), FIRST_READ_MS).catch((cause: unknown) => {
      reading.delete(keyHash);
      throw new AppError('unavailable', 'API keys cannot be looked up at the moment; try again.', { cause });
    });
  }

  async function readAgain(keyHash: string, entry: Entry, atMs: number): Promise<KnownKey | null> {
    const wasUnconfirmed = entry.unconfirmed;
    const confirmed = within(read(keyHash), CONFIRM_MS).catch((error: unknown) => {
      reading.delete(keyHash);
      if (known.peek(keyHash) !== entry) throw new AppError('unavailable', 'The API key has just changed; try again.');
      if (!entry.unconfirmed)
        logger.warn({ err: error, keyId: entry.key.caller.keyId }, 'a key is used as it was known');
      entry.unconfirmed = true;
      entry.freshUntilMs = atMs + RETRY_MS;
      return entry.key;
    });
    if (!wasUnconfirmed) return confirmed;
    // Nobody waits for Postgres twice.
    entry.freshUntilMs = atMs + RETRY_MS;
    confirmed.catch(() => undefined);
    return entry.key;
  }

  /** Callers of one key share a read, but not one that may have begun before a change. */
  function read(keyHash: string): Promise<KnownKey | null> {
    const begun = channel.listening() ? reading.get(keyHash) : undefined;
    if (begun) return begun;
    const before = changes;
    const reads = readKey(database, keyHash)
      .then((key) => {
        // A change that came while we were reading may not be in what we read: good for this call, not for keeping.
        if (channel.listening() && changes === before) keep(keyHash, key);
        return key;
      })
      .finally(() => {
        if (reading.get(keyHash) === reads) reading.delete(keyHash);
      });
    reading.set(keyHash, reads);
    return reads;
  }

  function keep(keyHash: string, key: KnownKey | null): void {
    const atMs = now().getTime();
    if (key) known.set(keyHash, { key, freshUntilMs: atMs + KNOWN_MS, unconfirmed: false });
    else {
      known.delete(keyHash);
      unknown.set(keyHash, atMs + UNKNOWN_MS);
    }
  }
}

export type KeyCache = ReturnType<typeof createKeyCache>;

/** A backstop only: how long a key is used that nobody said anything about. */
const KNOWN_MS = 60_000;
/** Long enough to take the load off a client that tries a wrong key in a loop. */
const UNKNOWN_MS = 5_000;
/** How soon after an attempt in vain Postgres is asked about a key again. */
const RETRY_MS = 5_000;
/** How long a call with a known key waits for a Postgres that is silent. */
const CONFIRM_MS = 500;
/** The same for a key that cannot do without. */
const FIRST_READ_MS = 5_000;
