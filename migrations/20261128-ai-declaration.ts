import { Migration } from '@mikro-orm/migrations';

/** Whether a post made with AI says so on its platform. */
export class Migration20261128AiDeclaration extends Migration {
  override up(): void {
    this.addSql('alter table publications add ai_declaration varchar(255) null');
    this.addSql(
      `alter table publications add constraint publications_ai_declaration_check
       check (ai_declaration in ('declared', 'not_available'))`,
    );
  }
}
