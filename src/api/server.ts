/** The API process: starts, and on SIGTERM or SIGINT drains. */
import { loadConfig } from '../infra/config.ts';
import { migrate } from '../infra/database.ts';
import { createServices } from '../services.ts';
import { listen } from './listen.ts';

const config = loadConfig();
const services = await createServices(config, 'api');
const { logger } = services;

await migrate(services.database);
await services.objects.prepare();
await services.llm.open();
services.usage.watch();
const api = await listen(services, { host: config.HOST, port: config.PORT });
logger.info({ url: api.url }, 'api ready');

process.once('SIGTERM', () => void stop('SIGTERM'));
process.once('SIGINT', () => void stop('SIGINT'));

async function stop(signal: string): Promise<void> {
  logger.info({ signal }, 'api ends');
  const late = setTimeout(() => process.exit(1), config.SHUTDOWN_TIMEOUT_MS);
  try {
    await api.close(config.SHUTDOWN_TIMEOUT_MS * DRAINING);
    await services.usage.ledger.drain();
    await services.close();
  } catch (error) {
    logger.error({ err: error }, 'api did not end cleanly');
    process.exitCode = 1;
  }
  clearTimeout(late);
}

/** The part of the shutdown time that requests get; the rest is for the ledger and the connections. */
const DRAINING = 0.7;
