#!/bin/sh
# The role that the server connects as: it neither owns the schema nor can it
# pass the policies by.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$APP_PASSWORD" -U "$POSTGRES_USER" "$POSTGRES_DB" <<'SQL'
create role congvan_app login nosuperuser nobypassrls password :'password';
SQL
