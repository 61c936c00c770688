// npm run grant-role -- EMAIL ROLE: gives an account a role, in the database that DATABASE_URL names. So the first admin
// comes to be; further ones are made by admins through the API. Running sessions have the role within 15 minutes.
import { z } from 'zod';
import { grantRole, roles } from '../src/domain/accounts/accounts.ts';
import { AppError } from '../src/errors.ts';
import { loadConfig } from '../src/infra/config.ts';
import { openDatabase } from '../src/infra/database.ts';

const asked = z.tuple([z.string().min(1), z.enum(roles)]).safeParse(process.argv.slice(2));
if (asked.success) await grant(...asked.data);
else fail(`usage: npm run grant-role -- EMAIL ${roles.join('|')}`);

async function grant(email: string, role: (typeof roles)[number]): Promise<void> {
  const database = await openDatabase({ url: loadConfig().DATABASE_URL, poolSize: 1 });
  try {
    const before = await grantRole(database, { email, role, at: new Date() });
    process.stdout.write(`${email} is now ${role}; it was ${before}.\n`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    fail(error.message);
  } finally {
    await database.close();
  }
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
