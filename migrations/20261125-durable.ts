import { Migration } from '@mikro-orm/migrations';

/** What the caller of a durable completion is told of its failure beside its code and message, and the headers for its provider. */
export class Migration20261125Durable extends Migration {
  override up(): void {
    this.addSql('alter table completions add error_details jsonb null, add request_headers jsonb null');
  }
}
