import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { developmentSecrets } from '../infra/config.ts';
import { createKeyring } from '../infra/keyring.ts';
import { openTemporal } from '../infra/temporal/client.ts';
import { createPayloadCodec } from '../infra/temporal/payload-codec.ts';
import { createLogger } from '../infra/logger.ts';
import { publishWorkflowId } from '../workflows/ids.ts';
import { createWork } from './work.ts';

const codec = createPayloadCodec(createKeyring(developmentSecrets.PAYLOAD_KEYS));
const logger = createLogger({ level: 'silent', name: 'test' });

test('a change that no worker takes in time is told as unavailable: it may still happen', async () => {
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  const temporal = openTemporal({ address, namespace: 'test-publish', codec });
  const id = `pub_${randomUUID()}`;
  const run = await temporal.workflow.start('publish', { workflowId: publishWorkflowId(id), taskQueue: 'nobody' });
  const { publishNow } = createWork({ temporal, logger, patienceMs: 300 });
  await expect(publishNow(id)).rejects.toMatchObject({ code: 'unavailable' });
  await run.terminate();
  await temporal.connection.close();
});

test('a publication that cannot be told of its new credentials is not passed over in silence', async () => {
  const temporal = openTemporal({ address: '127.0.0.1:9', namespace: 'test', codec });
  const soon = Date.now() + 500;
  const told = temporal.withDeadline(soon, () => createWork({ temporal, logger }).loginRenewed(['pub_1']));
  await expect(told).rejects.toMatchObject({ code: 'unavailable' });
  await temporal.connection.close();
});
