#!/bin/sh
# Makes the two databases of the Temporal server, or brings them up to the schema of this image. Safe to repeat.
set -eu

prepare() {
  database=$1
  schema=$2
  sql="temporal-sql-tool --plugin postgres12 --ep $DB_HOST -p 5432 -u $DB_USER --db $database"
  $sql create
  $sql setup-schema -v 0.0
  $sql update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
