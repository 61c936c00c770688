import { Migration } from '@mikro-orm/migrations';

/** Turns of accounts: who holds and who waits for one, how fast an account may post, and how long it cools down. */
export class Migration20261126Turns extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const healths = "'active', 'needs_login', 'cooling_down', 'disabled'";

const statements = [
  `alter table "platform_accounts" add "pace" jsonb null, add "health_until" timestamptz null, add "health_reason" varchar(255) null, add "cool_downs" int not null default 0, add "turn_publication_id" varchar(255) null, add "turn_since" timestamptz null`,
  `alter table "platform_accounts" drop constraint "platform_accounts_health_check"`,
  `alter table "platform_accounts" add constraint "platform_accounts_health_check" check ("health" in (${healths}))`,
  `alter table "publications" add "turn_asked_at" timestamptz null, add "turn_due_at" timestamptz null`,
  `create index "publications_turn" on "publications" ("account_id", "turn_due_at") where "turn_asked_at" is not null`,
  `create index "publications_committed" on "publications" ("account_id", "commit_started_at") where "commit_started_at" is not null`,
];
