import type { ApiKey, ApiKeyStatus } from '../../entities/api-key.ts';
import type { Limits } from '../usage/usage.ts';
import { allLimits } from '../usage/usage.ts';

export type KeyView = Limits & {
  id: string;
  name: string;
  displayPrefix: string;
  status: ApiKeyStatus;
  allowedModels: string[] | null;
  metadata: Record<string, unknown>;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
};

/** A key as its owner sees it. */
export function keyView(key: ApiKey, at: Date): KeyView {
  return {
    ...allLimits(key),
    id: key.id,
    name: key.name,
    displayPrefix: key.displayPrefix,
    status: statusAt(key, at),
    allowedModels: key.allowedModels ?? null,
    metadata: key.metadata,
    expiresAt: key.expiresAt ?? null,
    lastUsedAt: key.lastUsedAt ?? null,
    createdAt: key.createdAt,
  };
}

/** Nobody has to write `expired` down: the clock does. */
function statusAt({ status, expiresAt }: Pick<ApiKey, 'status' | 'expiresAt'>, at: Date): ApiKeyStatus {
  return status === 'active' && expiresAt && expiresAt <= at ? 'expired' : status;
}
