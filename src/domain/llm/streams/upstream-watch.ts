import type { Consumption } from '../../usage/usage.ts';
import type { JsonObject } from '../formats/format.ts';

/** What accounting wants to know of an upstream's stream while it passes. */
export type UpstreamWatch = {
  /** @throws UpstreamBroke when the event says that the upstream failed */
  see(event: JsonObject): void;
  /** The text of an event that says nothing else, for an event in the middle of an answer; else null. */
  plainText(event: JsonObject): string | null;
  /** An event came whose `plainText` was this. */
  said(text: string): void;
  /** As far as the provider has told. */
  usage(): Consumption | null;
  /** All that the model wrote so far. */
  written(): string;
  /** Whether the model said how it finished: a stream that breaks after this has lost nothing. */
  finished(): boolean;
};

/** The upstream broke its stream, or never began one that makes sense. */
export class UpstreamBroke extends Error {
  override readonly name = 'UpstreamBroke';
}
