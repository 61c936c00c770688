import { setCurrentDetails, sleep } from '@temporalio/workflow';
import { outside } from './activities.ts';

export type DeliverWebhookInput = { deliveryId: string };

/** One event to one webhook: attempt after attempt, until it was taken or there is no further attempt. */
export async function deliverWebhook({ deliveryId }: DeliverWebhookInput): Promise<{ state: string }> {
  for (let attempt = 1; ; attempt += 1) {
    setCurrentDetails(`Attempt ${attempt}`);
    const outcome = await outside.attemptDelivery.executeWithOptions({ summary: `Attempt ${attempt}` }, [
      { deliveryId, attempt },
    ]);
    if (outcome.state !== 'pending') {
      setCurrentDetails(`Ended after attempt ${attempt}: ${outcome.state}`);
      return { state: outcome.state };
    }
    setCurrentDetails(`Waits after attempt ${attempt}`);
    await sleep(outcome.waitMs);
  }
}
