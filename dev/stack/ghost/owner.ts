import { z } from 'zod';
import { StackError } from '../stack-error.ts';

/** The one account of a new site, who may do everything. Ghost refuses a password that has the site's title in it. */
export const ghostOwner = { name: 'Owner', email: 'owner@example.com', password: 'correct-horse-7', blogTitle: 'Demo' };

const Setup = z.object({ setup: z.array(z.object({ status: z.boolean() })) });
const path = '/ghost/api/admin/authentication/setup/';

/** 503 until Ghost has made its tables. */
export const isUp = async (base: string): Promise<boolean> => (await fetch(base + path)).status === 200;

/** Makes the owner where the site has none. */
export async function setUpOwner(base: string): Promise<void> {
  const { setup } = Setup.parse(await (await fetch(base + path)).json());
  if (setup[0]?.status) return;
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ setup: [ghostOwner] }),
  });
  if (!answer.ok) throw new StackError(`Ghost did not make its owner: ${answer.status} ${await answer.text()}`);
}
