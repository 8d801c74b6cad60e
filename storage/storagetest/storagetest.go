// Package storagetest gives tests the real storage: a database of their own,
// cloned from a migrated template, a bucket of their own, and a mail server.
// It decides how the servers behind them are shared between the test programs
// of one run and when they end. It must not be imported outside tests, and
// knows no rule of the product.
//
// The first test program that needs a server starts the keeper: the same
// program once more, in the background, which owns one PostgreSQL and one
// object store for everybody. Each test program holds a connection to it for
// as long as it lives. When the last connection is gone for a while, the keeper
// ends its servers and removes what they stored; when it is killed, the kernel
// ends them. Nothing has to be started before a test or stopped after it.
package storagetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"congvan/migrations"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
)

const (
	// protocol changes when keepers of before and after must not be mixed.
	protocol = "5"
	// poolSize is how many connections a test's own store has.
	poolSize = 16
	// setupGrace is how long a shared server may take to be there.
	setupGrace = 2 * time.Minute
)

// Database is a migrated, empty database of one test.
type Database struct {
	*postgres.Store
	OwnerURL string // the owner of the schema
	AppURL   string // the role of the product
	// AdminURL is a superuser's: it sees past every policy, for setting up and looking behind.
	AdminURL string

	cleanup   func(func()) // of the test that owns the database
	admin     *pgxpool.Pool
	adminOnce sync.Once
}

// adminPool is how many connections look behind the policies of one test.
const adminPool = "&pool_max_conns=4"

// DB gives the test a database of its own, which goes with the test.
func DB(t testing.TB) *Database {
	t.Helper()
	place := shared(t)
	name := "t_" + random()
	clone(t, place, name)
	db := &Database{
		OwnerURL: place.url(place.OwnerURL, name),
		AppURL:   place.url(place.AppURL, name),
		AdminURL: place.url(place.AdminURL, name),
	}
	store, err := postgres.Open(context.Background(), db.AppURL, poolSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	db.Store, db.cleanup = store, t.Cleanup
	return db
}

// Admin gives the pool that sees past every policy, in the test's database.
func (db *Database) Admin(t testing.TB) *pgxpool.Pool {
	t.Helper()
	db.adminOnce.Do(func() {
		pool, err := pgxpool.New(context.Background(), db.AdminURL+adminPool)
		if err != nil {
			t.Fatal(err)
		}
		db.cleanup(pool.Close)
		db.admin = pool
	})
	return db.admin
}

// clone makes the database by copying the template.
func clone(t testing.TB, place place, name string) {
	t.Helper()
	create(t, place, name, fmt.Sprintf("create database %s template %s owner congvan_owner", name, templateName))
}

// create makes a database, and drops it after the test.
func create(t testing.TB, place place, name, statement string) {
	t.Helper()
	run := func(sql string) error {
		ctx, cancel := context.WithTimeout(context.Background(), setupGrace)
		defer cancel()
		conn, err := pgx.Connect(ctx, place.url(place.AdminURL, embedded.AdminRole))
		if err != nil {
			return fmt.Errorf("connect to the shared cluster: %w", err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
		return nil
	}
	if err := run(statement); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run(fmt.Sprintf("drop database %s with (force)", name)); err != nil {
			t.Error(err)
		}
	})
}

// random gives a name that no other test has.
func random() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// folder is where the keeper of this schema lives: another schema, or another
// user of the machine, has another keeper.
func folder() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, protocol, os.Geteuid(), os.Getenv("CONGVAN_PGBIN"))
	files := migrations.Files()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s %x\n", path, sha256.Sum256(raw))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read migrations: %w", err)
	}
	return filepath.Join(os.TempDir(), "congvan-test-"+hex.EncodeToString(h.Sum(nil)[:6])), nil
}

// url turns an address of the template into one of another database.
func (p place) url(address, database string) string {
	return strings.Replace(address, "/"+templateName+"?", "/"+database+"?", 1)
}
