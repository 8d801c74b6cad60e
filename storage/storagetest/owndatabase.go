package storagetest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"congvan/migrations"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
)

// DatabaseServer is a database server of one test's own, which it can break.
type DatabaseServer struct {
	t      testing.TB
	opt    embedded.PostgresOptions
	server *embedded.Postgres
}

// OwnDatabase starts a server that no other test sees, with a migrated, empty
// database. It takes a second or two; DB is for what does not stop the server.
func OwnDatabase(t testing.TB) (*Database, *DatabaseServer) {
	t.Helper()
	s := &DatabaseServer{t: t, opt: embedded.PostgresOptions{Dir: filepath.Join(Folder(t), "postgres"), Database: "congvan", Unsafe: true}}
	s.Start()
	t.Cleanup(s.Stop)
	if _, err := migrations.Up(context.Background(), s.server.OwnerURL()); err != nil {
		t.Fatal(err)
	}
	db := &Database{OwnerURL: s.server.OwnerURL(), AppURL: s.server.AppURL(), AdminURL: s.server.AdminURL(s.opt.Database), cleanup: t.Cleanup}
	store, err := postgres.Open(context.Background(), db.AppURL, poolSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	db.Store = store
	return db, s
}

// Start starts the server, again at the same address.
func (s *DatabaseServer) Start() {
	s.t.Helper()
	var err error
	if s.server, err = embedded.StartPostgres(context.Background(), s.opt); err != nil {
		s.t.Fatal(err)
	}
}

// Stop ends the server and cuts off whatever it is doing. A second time does nothing.
func (s *DatabaseServer) Stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.server.Stop(ctx); err != nil {
		s.t.Error(err)
	}
}

// EmptyDatabase makes a database without tables on the shared server, and gives
// its address as superuser.
func EmptyDatabase(t testing.TB) string {
	t.Helper()
	place := shared(t)
	name := "t_" + random()
	create(t, place, name, fmt.Sprintf("create database %s owner congvan_owner", name))
	return place.url(place.AdminURL, name)
}
