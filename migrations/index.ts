import { Migration20261123Initial } from './20261123-initial.ts';
import { Migration20261123Tiers } from './20261123-tiers.ts';
import { Migration20261124Gateway } from './20261124-gateway.ts';
import { Migration20261124Providers } from './20261124-providers.ts';
import { Migration20261125Notices } from './20261125-notices.ts';
import { Migration20261125UsageIndexes } from './20261125-usage-indexes.ts';
import { Migration20261125Durable } from './20261125-durable.ts';
import { Migration20261125Credentials } from './20261125-credentials.ts';
import { Migration20261125Publications } from './20261125-publications.ts';
import { Migration20261125Schedule } from './20261125-schedule.ts';
import { Migration20261128Browsers } from './20261128-browsers.ts';
import { Migration20261128Login } from './20261128-login.ts';
import { Migration20261126Turns } from './20261126-turns.ts';
import { Migration20261128AiDeclaration } from './20261128-ai-declaration.ts';

/** In the order in which they run. A released migration never changes. */
export const migrations = [
  Migration20261123Initial,
  Migration20261123Tiers,
  Migration20261124Gateway,
  Migration20261124Providers,
  Migration20261125UsageIndexes,
  Migration20261125Durable,
  Migration20261125Publications,
  Migration20261125Credentials,
  Migration20261125Notices,
  Migration20261125Schedule,
  Migration20261128Browsers,
  Migration20261128Login,
  Migration20261126Turns,
  Migration20261128AiDeclaration,
];
