export { BrowserPool } from './browser-pool.ts';
export type { BrowserPoolOptions } from './browser-pool.ts';
export type { SessionSeed } from './browser-session.ts';
export { takeEvidence } from './evidence.ts';
export type { Evidence } from './evidence.ts';
export { createSessionRegistry } from './session-registry.ts';
export type { RegistryOptions, SessionRegistry, WorkerLoad } from './session-registry.ts';
