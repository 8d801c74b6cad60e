package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// openTemp is a folder that other users may enter, as a data folder must be.
func openTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cvembed")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func startPostgres(t *testing.T, dir string) *Postgres {
	t.Helper()
	p, err := StartPostgres(t.Context(), PostgresOptions{Dir: dir, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
		defer cancel()
		if err := p.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return p
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func ask[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestPostgresRolesCanNeitherBypassNorOwn(t *testing.T) {
	t.Parallel()
	p := startPostgres(t, openTemp(t))
	app := connect(t, p.AppURL())
	if ask[bool](t, app, `select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user`) {
		t.Error("the role of the product has rights of an administrator")
	}
	var refused *pgconn.PgError
	if _, err := app.Exec(t.Context(), `create table mine (n int)`); !errors.As(err, &refused) || refused.Code != "42501" {
		t.Errorf("the role of the product could own a table: %v", err)
	}
	owner := connect(t, p.OwnerURL())
	if ask[bool](t, owner, `select rolsuper or rolbypassrls from pg_roles where rolname = current_user`) {
		t.Error("the owner of the schema can bypass row-level security")
	}
	if _, err := owner.Exec(t.Context(), `create table theirs (n int)`); err != nil {
		t.Errorf("the owner cannot make the schema: %v", err)
	}
	if got := ask[string](t, owner, `select public.unaccent('Công văn số 12/QĐ-UBND Đường')`); got != "Cong van so 12/QD-UBND Duong" {
		t.Errorf("unaccent gives %q", got)
	}
}

func TestPostgresIsDurableUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	p, err := StartPostgres(t.Context(), PostgresOptions{Dir: openTemp(t)})
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, p.AppURL())
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		if got := ask[string](t, conn, `select current_setting($1)`, name); got != "on" {
			t.Errorf("%s is %s", name, got)
		}
	}
}

func TestPostgresNeverRunsAsRootNorListensOnTheNetwork(t *testing.T) {
	t.Parallel()
	p := startPostgres(t, openTemp(t))
	info, err := os.Stat(p.folder.join("data"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Sys().(*syscall.Stat_t).Uid == 0 {
		t.Error("the data belongs to root")
	}
	keys, err := os.Stat(p.folder.join("keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	if keys.Mode().Perm() != 0o600 {
		t.Errorf("passwords have mode %v", keys.Mode())
	}
	conn := connect(t, p.AppURL())
	if got := ask[string](t, conn, `select current_setting('listen_addresses')`); got != "" {
		t.Errorf("listens on %q", got)
	}
	wrong := strings.Replace(p.AppURL(), p.keys.App, "guess", 1)
	if _, err := pgx.Connect(t.Context(), wrong); err == nil {
		t.Error("a wrong password was taken")
	}
}

func TestPostgresKeepsDataAndPasswordsAcrossStarts(t *testing.T) {
	t.Parallel()
	dir := openTemp(t)
	first := startPostgres(t, dir)
	if _, err := connect(t, first.OwnerURL()).Exec(t.Context(), `create table kept as select 7 as n`); err != nil {
		t.Fatal(err)
	}
	if _, err := StartPostgres(t.Context(), PostgresOptions{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("a second process took the same data folder: %v", err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := startPostgres(t, dir)
	if first.OwnerURL() != second.OwnerURL() {
		t.Error("the address changed")
	}
	if n := ask[int](t, connect(t, second.OwnerURL()), `select n from kept`); n != 7 {
		t.Errorf("kept %d", n)
	}
	at, err := RunningPostgres(dir)
	if err != nil || at.Owner != second.OwnerURL() || at.App != second.AppURL() || at.Admin != second.AdminURL("congvan") {
		t.Errorf("another process cannot find the server: %v", err)
	}
}

func TestPostgresEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	dir := openTemp(t)
	p, err := StartPostgres(ctx, PostgresOptions{Dir: dir, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-p.Done():
	case <-time.After(stopGrace):
		t.Fatal("still runs")
	}
	if pid := postmasterOf(filepath.Join(dir, "data")); pid != 0 {
		t.Errorf("process %d is left", pid)
	}
}

// TestPostgresRecoversWhatAnEarlierRunLeft covers the three things a start can find: a server
// that outlived its parent, one that was killed, and the number of a process that
// is none of ours.
func TestPostgresRecoversWhatAnEarlierRunLeft(t *testing.T) {
	t.Parallel()
	dir := openTemp(t)
	p := startPostgres(t, dir)
	if _, err := connect(t, p.OwnerURL()).Exec(t.Context(), `create table kept as select 7 as n`); err != nil {
		t.Fatal(err)
	}
	p.folder.release() // as the kernel does when the parent dies
	orphan := p.process
	p = startPostgres(t, dir)
	if !orphan.ended() {
		t.Fatal("two servers in one data folder")
	}

	held := connect(t, p.OwnerURL()) // a session that outlives its server for a moment
	if err := syscall.Kill(p.process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	p = startPostgres(t, dir)
	_ = held.Close(t.Context())
	if n := ask[int](t, connect(t, p.OwnerURL()), `select n from kept`); n != 7 {
		t.Errorf("kept %d", n)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	stale := filepath.Join(dir, "data", "postmaster.pid")
	if err := os.WriteFile(stale, []byte("1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	startPostgres(t, dir)
}

func TestPostgresFindsRoomForSocketsUnderALongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openTemp(t), strings.Repeat("thư-mục-dài/", 12))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := startPostgres(t, dir)
	ask[int](t, connect(t, p.AppURL()), `select 1`)
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.sockets); !os.IsNotExist(err) {
		t.Errorf("socket folder is left: %v", err)
	}
}

func TestAFolderThatTheServersUserCannotEnterIsNamed(t *testing.T) {
	t.Parallel()
	nobody := identity{Name: "nobody", UID: 65533, GID: 65533, drop: true}
	open := openTemp(t)
	if err := nobody.reach(filepath.Join(open, "data")); err != nil {
		t.Errorf("an open folder: %v", err)
	}
	closed := filepath.Join(open, "home")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := nobody.reach(filepath.Join(closed, "data")); err == nil || !strings.Contains(err.Error(), closed) {
		t.Errorf("the error does not name %s: %v", closed, err)
	}
}

func TestManyClustersStartAtOnce(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			p, err := StartPostgres(t.Context(), PostgresOptions{Dir: openTemp(t), Unsafe: true})
			if err != nil {
				t.Error(err)
				return
			}
			if err := p.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
