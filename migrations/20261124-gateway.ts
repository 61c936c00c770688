import { Migration } from '@mikro-orm/migrations';

/** The catalog, keys, tiers and usage of the whole gateway. Usage becomes a table of monthly partitions. */
export class Migration20261124Gateway extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  'alter table providers drop constraint providers_wire_format_check',
  `alter table providers add constraint providers_wire_format_check check (wire_format in ('openai', 'anthropic', 'comfyui'))`,
  `alter table providers add description text null, add headers jsonb not null default '{}', add timeout_ms int null,
    add idle_timeout_ms int null`,

  `alter table models add supports_streaming boolean not null default true,
    add supports_reasoning boolean not null default false, add supports_documents boolean not null default false,
    add requests_per_minute int null, add tokens_per_minute int null, add weight int not null default 1,
    add options jsonb not null default '{}'`,
  `update models set prices = (prices - 'cacheWriteNanos') || jsonb_build_object(
    'cacheWrite5mNanos', prices->'cacheWriteNanos', 'cacheWrite1hNanos', prices->'cacheWriteNanos')
    where prices ? 'cacheWriteNanos'`,
  `create table price_versions (model_id varchar(255) not null, version int not null, prices jsonb not null,
    created_at timestamptz not null, primary key (model_id, version))`,
  `insert into price_versions (model_id, version, prices, created_at)
    select id, price_version, prices, updated_at from models`,

  'alter table tiers add allowed_model_types jsonb null, add blocked_models jsonb null',
  // An index keeps a second default away; this, that there is one at all when a transaction ends.
  `create function tiers_keep_a_default() returns trigger language plpgsql as $$ begin
    if not exists (select 1 from tiers where is_default) then
      raise exception 'there must be a default tier' using errcode = 'check_violation';
    end if;
    return null;
  end $$`,
  `create constraint trigger tiers_keep_a_default after update or delete on tiers deferrable initially deferred
    for each row execute function tiers_keep_a_default()`,
  `alter table api_keys add tokens_per_minute int null, add concurrent_requests int null,
    add tokens_per_week bigint null, add cost_nanos_per_day bigint null, add cost_nanos_per_week bigint null,
    add cost_nanos_per_month bigint null, add metadata jsonb not null default '{}'`,
  `alter table completions add api_key_id varchar(255) null, add operation text not null default 'chat',
    add constraint completions_operation_check check (operation in ('chat', 'messages', 'responses'))`,

  `create table admin_actions (id bigserial primary key, user_id varchar(255) not null references users (id),
    action varchar(255) not null, target varchar(255) not null, details jsonb not null, created_at timestamptz not null)`,
  'create index admin_actions_created_at_index on admin_actions (created_at)',

  // Names of indexes and constraints belong to the schema, so the old table gives its own up.
  'alter table usage_records rename to usage_records_before',
  'alter index usage_records_user_id_created_at_index rename to usage_records_before_user_index',
  'alter index usage_records_model_name_created_at_index rename to usage_records_before_model_index',
  `create table usage_records (request_id varchar(255) not null, created_at timestamptz not null,
    user_id varchar(255) not null references users (id), api_key_id varchar(255) null references api_keys (id) on delete set null,
    operation varchar(255) not null, requested_model varchar(255) not null, model_name varchar(255) not null,
    model_id varchar(255) null, provider_id varchar(255) not null, input_tokens int not null, output_tokens int not null,
    cache_read_tokens int not null default 0, cache_write_5m_tokens int not null default 0,
    cache_write_1h_tokens int not null default 0, reasoning_tokens int not null default 0, images int not null default 0,
    audio_ms int not null default 0, characters int not null default 0, cost_nanos bigint not null,
    price_version int not null, estimated boolean not null default false, streamed boolean not null default false,
    success boolean not null, error_code varchar(255) null, attempts jsonb not null, latency_ms int not null,
    first_token_ms int null, primary key (request_id, created_at)) partition by range (created_at)`,
  'create index usage_records_user_id_created_at_index on usage_records (user_id, created_at)',
  'create index usage_records_model_name_created_at_index on usage_records (model_name, created_at)',
  'create index usage_records_created_at_index on usage_records (created_at)',
  // Partitions are made by the month when its first record comes; these hold what is there already.
  `do $$ declare month date; begin
    for month in select distinct date_trunc('month', created_at at time zone 'UTC')::date from usage_records_before loop
      execute format('create table usage_records_%s partition of usage_records for values from (%L) to (%L)',
        to_char(month, 'YYYY_MM'), month::text || 'T00:00:00Z', (month + interval '1 month')::date::text || 'T00:00:00Z');
    end loop;
  end $$`,
  `insert into usage_records (request_id, created_at, user_id, api_key_id, operation, requested_model, model_name,
      provider_id, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cost_nanos, price_version,
      estimated, streamed, success, error_code, attempts, latency_ms, first_token_ms)
    select request_id, created_at, user_id, api_key_id, 'chat', model_name, model_name, provider_id, input_tokens,
      output_tokens, cache_read_tokens, cache_write_tokens, cost_nanos, price_version, estimated, streamed, success,
      error_code, attempts, latency_ms, first_token_ms from usage_records_before`,
  'drop table usage_records_before',
];
