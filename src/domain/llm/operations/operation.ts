import type { Consumption } from '../../usage/usage.ts';
import type { Needs } from '../catalog.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import type { Relay } from '../streams/relay.ts';
import type { UpstreamBody } from '../upstream/body.ts';
import type { UpstreamFailure } from '../upstream/failure.ts';
import type { Patience, UpstreamHttp } from '../upstream/http.ts';

/**
 * What one route of the gateway asks of a model. The gateway knows no more of it than this: it reserves the worst case,
 * goes down the chain, and settles.
 */
export type Operation = {
  /** As it stands in the ledger. */
  name: string;
  /** A model or a group. */
  model: string;
  streamed: boolean;
  needs: Omit<Needs, 'caller'>;
  /** @throws AppError `invalid_request` when this deployment cannot be asked so; another one may be */
  prepare(deployment: Deployment): Prepared;
};

/** The operation as one deployment would be asked to do it. */
export type Prepared = {
  /** The most that it can use. */
  worst: Consumption;
  /** What it came to, when the provider did not tell. @param written all that came back of text */
  estimate(written: string): Consumption;
  /** One attempt. Never throws. */
  ask(asking: Asking): Promise<Reply>;
};

export type Asking = { http: UpstreamHttp; credential: number; patience: Patience };

export type Reply =
  | { kind: 'answer'; answer: ReadyAnswer; usage: Consumption | null; written: string }
  | { kind: 'stream'; stream: UpstreamStream }
  | { kind: 'cancelled' }
  | UpstreamFailure;

/** An answer as it goes out. */
export type ReadyAnswer = { contentType: string; body: string | Uint8Array };

/** A stream that has begun: `head` is what its first buffers have come to. */
export type UpstreamStream = { relay: Relay; head: string; rest: UpstreamBody };
