/** Test set-up: two API processes' worth of accounts over one database, and a clock that the test holds. */
import { openDatabase } from '../src/infra/database.ts';
import type { Database } from '../src/infra/database.ts';
import { createLogger } from '../src/infra/logger.ts';
import { openBlockingRedis, openRedis } from '../src/infra/redis.ts';
import { cutLine } from './cut-line.ts';
import { testPlace } from './services.ts';
import { createAccounts } from '../src/domain/accounts/accounts.ts';

export async function accountsOfTwoProcesses(settings: Record<string, string> = {}) {
  const place = await testPlace(settings);
  const { config, database } = place;
  const ends: (() => unknown)[] = [];
  let at = new Date();

  /** What an API process would have: own connections and memory, same database. */
  async function process(itsDatabase: Database) {
    const where = { url: config.REDIS_URL, prefix: config.REDIS_PREFIX };
    const [redis, subscriber] = [openRedis(where), openBlockingRedis(where)];
    await redis.connect();
    const logger = createLogger({ level: 'silent', name: 'test' });
    const opened = createAccounts({ database: itsDatabase, redis, subscriber, config, logger, now: () => at });
    ends.push(async () => {
      await opened.close();
      for (const connection of [redis, subscriber]) if (connection.status !== 'end') connection.disconnect();
    });
    const deafen = async () => {
      const closed = new Promise((resolve) => void subscriber.once('close', resolve));
      subscriber.disconnect();
      await closed;
    };
    return { accounts: opened, deafen };
  }

  const [first, second] = [await process(database), await process(database)];
  const { accounts } = first;
  const other = second.accounts;
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
    /** One more process, whose way to Postgres can be cut. */
    async remote() {
      const line = await cutLine(config.DATABASE_URL);
      const itsDatabase = await openDatabase({ url: line.url, poolSize: 2 });
      ends.push(
        () => itsDatabase.close(true),
        () => line.close(),
      ); // ended last to first: a pool cannot wait for a line that is silent
      const { accounts: itsAccounts, deafen } = await process(itsDatabase);
      return { line, accounts: itsAccounts, deafen };
    },
    /** Ends the other process's subscription, as a broken network does. */
    deafen: second.deafen,
    later(seconds: number) {
      at = new Date(at.getTime() + seconds * 1000);
    },
    async close() {
      for (const end of ends.toReversed()) await end();
      await place.close();
    },
  };
}

export const PASSWORD = 'correct horse battery';

/** Resolves when `met` does; fails when that takes longer than a second, which is what a change may take. */
export async function withinASecond(met: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 1_000;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass within a second');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
