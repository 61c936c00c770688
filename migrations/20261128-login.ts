import { Migration } from '@mikro-orm/migrations';

const reasons = "'expired', 'no_grant', 'qr', 'sms_code', 'captcha', 'phone_confirmation'";

/** Why a publication waits for a login; changes that wait with their time and their grant until their run takes them. */
export class Migration20261128Login extends Migration {
  override up(): void {
    this.addSql(
      `alter table publications add needs_login_reason text null
       constraint publications_needs_login_reason_check check (needs_login_reason in (${reasons}))`,
    );
    this.addSql('alter table publication_edits alter column content drop not null');
    this.addSql('alter table publication_edits add scheduled_at timestamptz null, add "grant" jsonb null');
    this.addSql('create index publication_edits_publication_id_index on publication_edits (publication_id)');
    this.addSql('create index publication_edits_created_at_index on publication_edits (created_at)');
    this.addSql('create index notices_created_at_index on notices (created_at)');
    this.addSql('create index webhook_deliveries_created_at_index on webhook_deliveries (created_at)');
  }
}
