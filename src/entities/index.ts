import { AdminAction } from './admin-action.ts';
import { ApiKey } from './api-key.ts';
import { Article } from './article.ts';
import { Completion } from './completion.ts';
import { CredentialDevice } from './credential-device.ts';
import { Credential } from './credential.ts';
import { GrantOpening } from './grant-opening.ts';
import { Grant } from './grant.ts';
import { IdempotencyKey } from './idempotency-key.ts';
import { Media } from './media.ts';
import { ModelGroup } from './model-group.ts';
import { Model } from './model.ts';
import { NoticeMail } from './notice-mail.ts';
import { NoticeSettings } from './notice-settings.ts';
import { Notice } from './notice.ts';
import { PlatformAccount } from './platform-account.ts';
import { PostMetric } from './post-metric.ts';
import { PriceVersion } from './price-version.ts';
import { Provider } from './provider.ts';
import { PublicationEdit } from './publication-edit.ts';
import { PublicationEvidence } from './publication-evidence.ts';
import { PublicationEvent } from './publication-event.ts';
import { Publication } from './publication.ts';
import { RecurringPost } from './recurring-post.ts';
import { RefreshToken } from './refresh-token.ts';
import { Report } from './report.ts';
import { Tier } from './tier.ts';
import { UsageRecord } from './usage-record.ts';
import { User } from './user.ts';
import { WebhookDelivery } from './webhook-delivery.ts';
import { Webhook } from './webhook.ts';

/** Every table there is. */
export const entities = [
  AdminAction,
  ApiKey,
  Article,
  Completion,
  Credential,
  CredentialDevice,
  Grant,
  GrantOpening,
  IdempotencyKey,
  Media,
  Model,
  ModelGroup,
  Notice,
  NoticeMail,
  NoticeSettings,
  PlatformAccount,
  PostMetric,
  PriceVersion,
  Provider,
  Publication,
  PublicationEdit,
  PublicationEvent,
  PublicationEvidence,
  RecurringPost,
  RefreshToken,
  Report,
  Tier,
  UsageRecord,
  User,
  Webhook,
  WebhookDelivery,
];
