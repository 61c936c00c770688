import { Migration } from '@mikro-orm/migrations';

/** Notices, and their ways out: webhooks with their deliveries, e-mails, and who wants what. */
export class Migration20261125Notices extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

/**
 * A sequence counts when a row is written, and rows become visible at commit: a reader that has seen 6 would never see a 5
 * that came later. So a notice gets its id at commit, under a lock of its user: when the transaction wants no other lock.
 */
const numberNotice = `create function number_notice() returns trigger language plpgsql as $$
  begin
    perform pg_advisory_xact_lock(8412002, hashtext(new.user_id));
    update notices set id = nextval('notices_id_seq') where id = new.id;
    return null;
  end
  $$`;

const statements = [
  `create table "notices" ("id" bigserial primary key, "user_id" varchar(255) not null references "users" ("id"), "kind" text not null, "subject_id" varchar(255) not null, "payload" jsonb not null, "created_at" timestamptz not null, "read_at" timestamptz null, "dispatched_at" timestamptz null)`,
  `create index "notices_user_id_id_index" on "notices" ("user_id", "id")`,
  `create index "notices_undispatched_index" on "notices" ("id") where "dispatched_at" is null`,
  numberNotice,
  `create constraint trigger "number_notice" after insert on "notices" deferrable initially deferred for each row execute function number_notice()`,
  `create table "notice_settings" ("user_id" varchar(255) primary key references "users" ("id"), "email" jsonb not null, "webhooks" jsonb not null, "updated_at" timestamptz not null)`,
  `create table "notice_mails" ("id" varchar(255) primary key, "notice_id" bigint not null unique references "notices" ("id") on delete cascade, "user_id" varchar(255) not null, "attempts" int not null default 0, "error_message" text null, "created_at" timestamptz not null, "started_at" timestamptz null, "sent_at" timestamptz null)`,
  `create index "notice_mails_unstarted_index" on "notice_mails" ("id") where "started_at" is null`,
  `create table "webhooks" ("id" varchar(255) primary key, "user_id" varchar(255) not null references "users" ("id"), "url" text not null, "events" jsonb null, "enabled" boolean not null default true, "disabled_reason" text null check ("disabled_reason" in ('owner', 'gone', 'failing')), "consecutive_failures" int not null default 0, "sealed_secret" text not null, "sealed_old_secret" text null, "old_secret_until" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null)`,
  `create index "webhooks_user_id_id_index" on "webhooks" ("user_id", "id")`,
  `create table "webhook_deliveries" ("id" varchar(255) primary key, "webhook_id" varchar(255) not null references "webhooks" ("id") on delete cascade, "notice_id" bigint null, "event" text not null, "payload" jsonb not null, "state" text not null default 'pending' check ("state" in ('pending', 'delivered', 'failed')), "attempts" int not null default 0, "status_code" int null, "duration_ms" int null, "error_message" text null, "response_excerpt" text null, "next_attempt_at" timestamptz null, "created_at" timestamptz not null, "started_at" timestamptz null, "finished_at" timestamptz null, unique ("webhook_id", "notice_id"))`,
  `create index "webhook_deliveries_webhook_id_id_index" on "webhook_deliveries" ("webhook_id", "id")`,
  `create index "webhook_deliveries_unstarted_index" on "webhook_deliveries" ("id") where "started_at" is null`,
];
