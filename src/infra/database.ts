import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { entities } from '../entities/index.ts';
import { migrations } from '../../migrations/index.ts';

export type Database = MikroORM;
export type Em = MikroORM['em'];

export async function openDatabase({ url, poolSize }: { url: string; poolSize: number }): Promise<Database> {
  return MikroORM.init({
    clientUrl: url,
    entities,
    pool: { min: 0, max: poolSize },
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, disableForeignKeys: false, silent: true },
    forceUtcTimezone: true,
    ignoreUndefinedInQuery: true,
  });
}

/** Brings the schema up to date. Processes that start together take turns on an advisory lock; all but one find it done. */
export async function migrate(database: Database): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    await em.execute(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await database.migrator.up();
  });
}

/** Any number that nothing else in this database locks on. */
const MIGRATION_LOCK = 8_412_001;
