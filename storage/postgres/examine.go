package postgres

import (
	"context"
	"fmt"
	"time"
)

// Standing is what the policies rest on: who the product connects as, and what
// that role could do besides.
type Standing struct {
	Role     string
	Server   string   // the version of PostgreSQL
	Bypasses bool     // no policy binds the role, or one that it can become
	Owns     bool     // it owns the schema or a table, or is a member of who does
	Open     []string // tables of agencies that the role reaches past any policy
}

const standing = `
select current_user, current_setting('server_version'),
       exists (select from pg_roles r where (r.rolsuper or r.rolbypassrls) and pg_has_role(r.oid, 'member')),
       exists (select from pg_namespace n where n.nspname = 'public' and n.nspowner <> 'pg_database_owner'::regrole and pg_has_role(n.nspowner, 'member'))
       or exists (select from pg_database d where d.datname = current_database() and pg_has_role(d.datdba, 'member'))
       or exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and pg_has_role(c.relowner, 'member')),
       array(select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'agency_id' and not a.attisdropped
              where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
                and has_table_privilege(c.oid, 'select, insert, update, delete')
              order by 1)`

// Standing tells whether tenancy's second belt holds. It reads the catalog
// alone, so it works before the first migration and needs no scope.
func (s *Store) Standing(ctx context.Context) (Standing, error) {
	var st Standing
	if err := s.pool.QueryRow(ctx, standing).Scan(&st.Role, &st.Server, &st.Bypasses, &st.Owns, &st.Open); err != nil {
		return st, fmt.Errorf("examine the role: %w", translate(err))
	}
	return st, nil
}

// Clock tells what time it is in the database, which judges leases and deadlines.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	var now time.Time
	if err := s.pool.QueryRow(ctx, "select clock_timestamp()").Scan(&now); err != nil {
		return now, fmt.Errorf("read the database's clock: %w", translate(err))
	}
	return now, nil
}
