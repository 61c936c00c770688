import type { Redis } from 'ioredis';

export type SubscriptionOptions = {
  /** May be shared with other listeners. */
  subscriber: Redis;
  channel: string;
  onMessage: (message: string) => void;
  /** From now on messages may be missed. */
  onLost: () => void;
  onRefused: (error: unknown) => void;
};

/** Hears one channel, and knows whether it hears all of it: not before it is subscribed, nor while the connection is lost. */
export function createSubscription({ subscriber, channel, onMessage, onLost, onRefused }: SubscriptionOptions) {
  let listening = false;

  const hear = (from: string, message: string) => {
    if (from === channel) onMessage(message);
  };
  const lose = () => {
    listening = false;
    onLost();
  };
  const listen = () => {
    subscriber.subscribe(channel).then(() => (listening = subscriber.status === 'ready'), onRefused);
  };

  return {
    listening: () => listening,
    open(): void {
      subscriber.on('message', hear).on('close', lose).on('ready', listen);
      listen();
    },
    close(): void {
      subscriber.off('message', hear).off('close', lose).off('ready', listen);
    },
  };
}
