import { Migration } from '@mikro-orm/migrations';

/** Posting slots of accounts, recurring posts, and grants for occurrences that are to come. */
export class Migration20261125Schedule extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table "platform_accounts" add "posting_slots" jsonb null`,
  `create table "recurring_posts" ("id" varchar(255) not null, "user_id" varchar(255) not null, "account_id" varchar(255) not null, "platform" varchar(255) not null, "content" jsonb not null, "rrule" text not null, "times" jsonb not null, "starts_at" varchar(255) not null, "zone" varchar(255) not null, "state" text not null, "done_until" timestamptz not null, "next_occurrence" varchar(255) null, "next_at" timestamptz null, "ends_at" timestamptz not null, "made" int not null default 0, "skipped" int not null default 0, "last_note" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("id"))`,
  `create index "recurring_posts_user_id_id_index" on "recurring_posts" ("user_id", "id")`,
  `create index "recurring_posts_account_id_state_index" on "recurring_posts" ("account_id", "state")`,
  `alter table "recurring_posts" add constraint "recurring_posts_state_check" check ("state" in ('active', 'paused', 'ended'))`,
  `alter table "recurring_posts" add constraint "recurring_posts_user_id_foreign" foreign key ("user_id") references "users" ("id")`,
  `alter table "recurring_posts" add constraint "recurring_posts_account_id_foreign" foreign key ("account_id") references "platform_accounts" ("id") on delete cascade`,
  `alter table "grants" add "recurring_post_id" varchar(255) null, add "occurrence" varchar(255) null`,
  `create index "grants_recurring_post_id_index" on "grants" ("recurring_post_id")`,
  `alter table "grants" add constraint "grants_recurring_post_id_foreign" foreign key ("recurring_post_id") references "recurring_posts" ("id") on delete cascade`,
];
