import { Migration } from '@mikro-orm/migrations';

/** Proxies of accounts, and evidence with its kind, phase and end in rows of its own. */
export class Migration20261128Browsers extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table "platform_accounts" add "sealed_proxy" text null`,
  `create table "publication_evidence" ("media_id" varchar(255) not null, "publication_id" varchar(255) not null, "kind" text not null, "phase" text null, "at" timestamptz not null, "expires_at" timestamptz not null, primary key ("media_id"))`,
  `create index "publication_evidence_publication_id_at_index" on "publication_evidence" ("publication_id", "at")`,
  `create index "publication_evidence_expires_at_index" on "publication_evidence" ("expires_at")`,
  `alter table "publication_evidence" add constraint "publication_evidence_kind_check" check ("kind" in ('before', 'after', 'failure', 'html', 'requests', 'trace'))`,
  `alter table "publication_evidence" add constraint "publication_evidence_phase_check" check ("phase" in ('prepare', 'commit', 'settle'))`,
  `alter table "publication_evidence" add constraint "publication_evidence_media_id_foreign" foreign key ("media_id") references "media" ("id") on delete cascade`,
  `alter table "publication_evidence" add constraint "publication_evidence_publication_id_foreign" foreign key ("publication_id") references "publications" ("id") on delete cascade`,
  `insert into "publication_evidence" select m.id, p.id, case m.content_type when 'text/html' then 'html' else 'failure' end, null, m.created_at, m.created_at + interval '30 days' from "publications" p, jsonb_array_elements_text(p.evidence) as kept(id), "media" m where m.id = kept.id on conflict do nothing`,
  // Read by the version before this one until all its processes have gone; not written any more.
  `alter table "publications" alter column "evidence" set default '[]'`,
];
