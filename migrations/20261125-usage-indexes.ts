import { Migration } from '@mikro-orm/migrations';

/** Every call writes a usage record: nobody asks by model and time, and rows lie in the order of their time anyway. */
export class Migration20261125UsageIndexes extends Migration {
  override up(): void {
    this.addSql('drop index usage_records_model_name_created_at_index');
    this.addSql('drop index usage_records_created_at_index');
    this.addSql('create index usage_records_created_at_index on usage_records using brin (created_at)');
  }
}
