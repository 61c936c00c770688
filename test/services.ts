/** Test set-up: an own database and Redis prefix for every test file, on the stack that the environment names. */
import { randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { loadConfig } from '../src/infra/config.ts';
import type { Config } from '../src/infra/config.ts';
import { migrate, openDatabase } from '../src/infra/database.ts';
import type { Database } from '../src/infra/database.ts';

export type TestPlace = { config: Config; database: Database; close(): Promise<void> };

/** A fresh, migrated database and a config that points to it. `close` drops the database. */
export async function testPlace(settings: Record<string, string> = {}): Promise<TestPlace> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const server = process.env['DATABASE_URL'] ?? '';
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const config = loadConfig({
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: url.href,
    REDIS_PREFIX: `${name}:`,
    ...settings,
  });
  const database = await openDatabase({ url: config.DATABASE_URL, poolSize: 5 });
  await migrate(database);
  return {
    config,
    database,
    async close() {
      await database.close(true);
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const server = await MikroORM.init({ clientUrl: url, entities: [], discovery: { warnWhenNoEntities: false } });
  await server.em.execute(sql);
  await server.close(true);
}
