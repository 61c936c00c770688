/**
 * What a desktop app needs to keep its users' secrets from the server: envelopes for login states, grants for single
 * publications. Needs WebCrypto and `@hpke/core` only, so it runs in a browser, in Electron, in Tauri and in Node.
 * The format is described in docs/credentials.md and pinned by test/vectors/credentials-v1.json.
 */
export { newSyncKey, openEnvelope, openWithKeys, resealState, sealEnvelope } from './envelope.ts';
export type { Envelope, EnvelopeHeader, EnvelopeKeys, EnvelopeSecrets } from './envelope.ts';
export { generateWorkerKeyPair, openGrant, sealGrant, workerKeyId } from './grant.ts';
export type { GrantBinding, SealedGrant } from './grant.ts';
export { DoesNotOpen } from './does-not-open.ts';
