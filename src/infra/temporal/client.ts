import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';

export type TemporalOptions = { address: string; namespace: string; codec: PayloadCodec };

/** A client that connects at its first call, so that the API starts, and says that it is not ready, while Temporal is away. */
export function openTemporal({ address, namespace, codec }: TemporalOptions): Client {
  const connection = Connection.lazy({ address, connectTimeout: '5s' });
  return new Client({ connection, namespace, dataConverter: { payloadCodecs: [codec] } });
}
