import { condition, defineSignal, setHandler } from '@temporalio/workflow';

/** Sent when an account's credentials were uploaded again, or when its owner wants another try at its login. */
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

export type RenewedLogin = ReturnType<typeof renewedLogin>;
