/** A process that carries notices to their runs, and may be killed at any time: `dispatcher.test.ts` starts it. */
import { createNotices } from '../src/domain/notices/notices.ts';
import { loadConfig } from '../src/infra/config.ts';
import { openDatabase } from '../src/infra/database.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createLogger } from '../src/infra/logger.ts';
import { openTemporal } from '../src/infra/temporal/client.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';
import { createNoticeRuns } from '../src/work/notice-runs.ts';

const config = loadConfig();
const database = await openDatabase({ url: config.DATABASE_URL, poolSize: 2 });
const temporal = openTemporal({
  address: config.TEMPORAL_ADDRESS,
  namespace: config.TEMPORAL_NAMESPACE,
  codec: createPayloadCodec(createKeyring(config.PAYLOAD_KEYS)),
});
const notices = createNotices({
  database,
  keyring: createKeyring(config.ENCRYPTION_KEYS),
  config,
  logger: createLogger({ level: 'silent', name: 'test' }),
  now: () => new Date(),
});
notices.dispatcher(createNoticeRuns({ temporal })).start();
