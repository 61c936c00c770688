/** Test set-up: two API processes' worth of accounts over one database, and a clock that the test holds. */
import type { Redis } from 'ioredis';
import { createLogger } from '../src/infra/logger.ts';
import { openBlockingRedis, openRedis } from '../src/infra/redis.ts';
import { testPlace } from './services.ts';
import { createAccounts } from '../src/domain/accounts/accounts.ts';

export async function accountsOfTwoProcesses(settings: Record<string, string> = {}) {
  const place = await testPlace(settings);
  const { config, database } = place;
  const connections: Redis[] = [];
  let at = new Date();

  /** What an API process would have: own connections and memory, same database. */
  async function process() {
    const where = { url: config.REDIS_URL, prefix: config.REDIS_PREFIX };
    const [redis, subscriber] = [openRedis(where), openBlockingRedis(where)];
    connections.push(redis, subscriber);
    await redis.connect();
    const logger = createLogger({ level: 'silent', name: 'test' });
    return createAccounts({ database, redis, subscriber, config, logger, now: () => at });
  }

  const [accounts, other] = [await process(), await process()];
  let people = 0;
  const somebody = () => `somebody.${(people += 1)}@example.com`;
  return {
    config,
    database,
    accounts,
    other,
    somebody,
    signUp: () => accounts.register({ email: somebody(), password: PASSWORD }),
    now: () => at,
    /** Ends the other process's subscription, as a broken network does. */
    async deafen() {
      const subscriber = connections[3];
      if (!subscriber) throw new Error('the other process has no subscriber');
      const closed = new Promise((resolve) => void subscriber.once('close', resolve));
      subscriber.disconnect();
      await closed;
    },
    later(seconds: number) {
      at = new Date(at.getTime() + seconds * 1000);
    },
    async close() {
      await accounts.close();
      await other.close();
      for (const connection of connections) connection.disconnect();
      await place.close();
    },
  };
}

export const PASSWORD = 'correct horse battery';
