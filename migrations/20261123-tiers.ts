import { Migration } from '@mikro-orm/migrations';

/** The tiers that a user may be on; `free` is where everybody starts. Costs are nano-dollars. */
export class Migration20261123Tiers extends Migration {
  override up(): void {
    this.addSql(`insert into tiers (id, display_name, is_default, requests_per_minute, tokens_per_minute,
      concurrent_requests, tokens_per_day, tokens_per_month, cost_nanos_per_day, cost_nanos_per_month) values
      ('free', 'Free', true, 60, 40000, 5, 100000, 1000000, 500000000, 5000000000),
      ('basic', 'Basic', false, 120, 100000, 10, 1000000, 20000000, 5000000000, 50000000000),
      ('pro', 'Pro', false, 600, 1000000, 50, 10000000, 200000000, 50000000000, 500000000000)`);
    this.addSql('create unique index tiers_one_default on tiers (is_default) where is_default');
  }
}
