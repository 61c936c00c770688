import { Migration } from '@mikro-orm/migrations';

const states =
  "'draft', 'scheduled', 'queued', 'publishing', 'settling', 'published', 'failed', 'missed', 'unconfirmed', 'needs_login', 'cancelled'";

/** Publications that can be edited, missed, tried again, and started by the sweep when their run was lost. */
export class Migration20261125Publications extends Migration {
  override up(): void {
    this.addSql(
      `alter table publications add content_digest varchar(255) null,
       add run_started_at timestamptz null, add run_id varchar(255) null,
       add batch_id varchar(255) null`,
    );
    this.addSql('update publications set run_started_at = created_at');
    for (const table of ['publications', 'publication_events']) {
      this.addSql(`alter table ${table} drop constraint ${table}_state_check`);
      this.addSql(`alter table ${table} add constraint ${table}_state_check check (state in (${states}))`);
    }
    this.addSql(
      `create index publications_without_run on publications (created_at)
       where run_started_at is null and state in ('scheduled', 'queued')`,
    );
    this.addSql('create index publications_batch_id_index on publications (batch_id)');
    this.addSql(
      'create index publications_account_id_content_digest_index on publications (account_id, content_digest)',
    );
    this.addSql(
      `create table publication_edits (id varchar(255) not null primary key,
       publication_id varchar(255) not null references publications (id) on delete cascade,
       content jsonb not null, created_at timestamptz not null)`,
    );
  }
}
