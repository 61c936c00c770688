import { expect, test } from '@jest/globals';
import { developmentSecrets } from '../infra/config.ts';
import { createKeyring } from '../infra/keyring.ts';
import { openTemporal } from '../infra/temporal/client.ts';
import { createPayloadCodec } from '../infra/temporal/payload-codec.ts';
import { createLogger } from '../infra/logger.ts';
import { createWork } from './work.ts';

test('a publication that cannot be told of its new credentials is not passed over in silence', async () => {
  const codec = createPayloadCodec(createKeyring(developmentSecrets.PAYLOAD_KEYS));
  const temporal = openTemporal({ address: '127.0.0.1:9', namespace: 'test', codec });
  const soon = Date.now() + 500;
  const told = temporal.withDeadline(soon, () =>
    createWork({ temporal, logger: createLogger({ level: 'silent', name: 'test' }) }).loginRenewed(['pub_1']),
  );
  await expect(told).rejects.toMatchObject({ code: 'unavailable' });
  await temporal.connection.close();
});
