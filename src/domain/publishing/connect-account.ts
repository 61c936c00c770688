import { Publication } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Credentials, Upload } from '../credentials/credentials.ts';

export type Connection = Upload & {
  /** Lets the account's numbers be collected. */
  analyticsGrant: unknown;
  /** For publications that wait for a login: they need new ones when the credentials came under a new key. */
  publicationGrants: readonly { publicationId: string; sealed: unknown }[];
};

export type Connected = {
  version: number;
  /** Publications that wait for these credentials, to be woken. */
  waiting: string[];
};

/**
 * Stores an account's credentials with the grants that came along: all of it or nothing.
 * @throws AppError `invalid_request` naming the field, `conflict` over a newer version
 */
export function createConnectAccount({ database, credentials }: { database: Database; credentials: Credentials }) {
  return (connection: Connection): Promise<Connected> =>
    database.em.fork().transactional(async (em) => {
      const { userId, analyticsGrant: sealed } = connection;
      const { accountId, version } = await credentials.upload(connection, em);
      if (sealed !== undefined) await credentials.addGrant(em, { userId, accountId, publicationId: null, sealed });
      const waiting = await em.find(Publication, { userId, accountId, state: 'needs_login' });
      await addPublicationGrants(em, { connection, accountId, waiting: waiting.map(({ id }) => id) });
      return { version, waiting: waiting.map(({ id }) => id) };
    });

  type Grants = { connection: Connection; accountId: string; waiting: readonly string[] };

  async function addPublicationGrants(em: Em, { connection, accountId, waiting }: Grants): Promise<void> {
    for (const [index, { publicationId, sealed }] of connection.publicationGrants.entries()) {
      if (!waiting.includes(publicationId)) throw notWaiting(index);
      await credentials.addGrant(em, { userId: connection.userId, accountId, publicationId, sealed });
    }
  }
}

function notWaiting(index: number): AppError {
  const field = `publication_grants.${index}.publication_id`;
  return new AppError('invalid_request', `${field}: this publication does not wait for a login.`, {
    details: { field },
  });
}
