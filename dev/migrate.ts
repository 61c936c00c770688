// npm run migrate: brings the database that DATABASE_URL names up to date. Safe to run from several places at once.
import { loadConfig } from '../src/infra/config.ts';
import { migrate, openDatabase } from '../src/infra/database.ts';

const config = loadConfig();
const database = await openDatabase({ url: config.DATABASE_URL, poolSize: 2 });
await migrate(database);
await database.close();
process.stdout.write('The database is up to date.\n');
