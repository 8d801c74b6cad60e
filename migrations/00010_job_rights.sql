-- +goose Up
grant select, insert, update, delete on river_job, river_leader, river_queue, river_notification to congvan_app;
grant select on river_migration, goose_db_version to congvan_app;
grant usage on all sequences in schema public to congvan_app;
