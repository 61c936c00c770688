import { Migration } from '@mikro-orm/migrations';

/** What owners can see of their credentials: which devices stored them, and each time that a worker opened them. */
export class Migration20261125Credentials extends Migration {
  override up(): void {
    this.addSql(
      `create table grant_openings (id bigserial primary key, grant_id varchar(255) not null,
       account_id varchar(255) not null references platform_accounts (id), purpose text not null,
       publication_id varchar(255) null, opened_by varchar(255) not null, at timestamptz not null,
       constraint grant_openings_purpose_check check (purpose in ('publication', 'analytics')))`,
    );
    this.addSql('create index grant_openings_account_id_id_index on grant_openings (account_id, id)');
    this.addSql(
      `create table credential_devices (account_id varchar(255) not null references platform_accounts (id),
       device_id varchar(255) not null, first_at timestamptz not null, last_at timestamptz not null,
       last_version int not null, primary key (account_id, device_id))`,
    );
    this.addSql(
      `insert into credential_devices select account_id, updated_device, created_at, updated_at, version from credentials
       where updated_device <> 'browser-worker'`,
    );
  }
}
