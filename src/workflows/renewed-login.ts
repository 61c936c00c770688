import { condition, defineSignal, setHandler } from '@temporalio/workflow';

/** Sent when an account's credentials were uploaded again. */
export const loginRenewed = defineSignal('loginRenewed');

/** Lets a workflow wait for new credentials; one that came while nobody waited counts too. */
export function renewedLogin() {
  let renewals = 0;
  let seen = 0;
  setHandler(loginRenewed, () => void (renewals += 1));
  return {
    async renewed(): Promise<void> {
      await condition(() => renewals > seen);
      seen = renewals;
    },
  };
}
