package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// The roles of the database. The owner of the schema and the role that the
// product connects as are two, so that row-level security binds the second.
const (
	AdminRole = "postgres"
	OwnerRole = "congvan_owner"
	AppRole   = "congvan_app"
)

// extensions need rights that the owner of the schema may not have.
var extensions = []string{"unaccent", "pg_trgm", "btree_gin"}

// PostgresOptions says where and how to run the database server.
type PostgresOptions struct {
	Dir            string // the data folder; made when missing
	Database       string // its name; "congvan" when empty
	MaxConnections int    // 100 when 0
	// Unsafe gives up durability for speed. It is for test clusters alone: a
	// power cut destroys the whole cluster.
	Unsafe bool
}

// Postgres is a running database server of our own.
type Postgres struct {
	opt     PostgresOptions
	folder  *folder
	process *process
	keys    postgresKeys
	closed  <-chan struct{}

	sockets   string
	temporary bool // the socket folder lies outside the data folder
}

// postgresKeys are made once per data folder.
type postgresKeys struct {
	Admin, Owner, App string
}

func newPostgresKeys() postgresKeys {
	return postgresKeys{Admin: secret(), Owner: secret(), App: secret()}
}

// postgresPlace is what another process needs to connect.
type postgresPlace struct {
	Sockets, Database string
}

// StartPostgres starts the server and returns when the database and its roles
// are there. The server ends with ctx.
func StartPostgres(ctx context.Context, opt PostgresOptions) (*Postgres, error) {
	if opt.Database == "" {
		opt.Database = "congvan"
	}
	if opt.MaxConnections == 0 {
		opt.MaxConnections = 100
	}
	f, err := openFolder(opt.Dir)
	if err != nil {
		return nil, err
	}
	p := &Postgres{opt: opt, folder: f}
	if err := p.start(ctx); err != nil {
		p.close()
		return nil, err
	}
	p.closed = p.process.watch(ctx, p.close)
	return p, nil
}

// close gives back what the server held.
func (p *Postgres) close() {
	if p.temporary {
		_ = os.RemoveAll(p.sockets)
	}
	p.folder.release()
}

func (p *Postgres) start(ctx context.Context) error {
	data := p.folder.join("data")
	major, err := majorOfData(data)
	if err != nil {
		return err
	}
	bin, err := findBinaries(major)
	if err != nil {
		return err
	}
	id, err := postgresUser(data)
	if err != nil {
		return err
	}
	if err := id.reach(data); err != nil {
		return err
	}
	if p.keys, err = remember(p.folder.join("keys.json"), newPostgresKeys); err != nil {
		return err
	}
	if major == 0 {
		if err := p.initialise(ctx, bin, id, data); err != nil {
			return err
		}
	} else if err := stopOrphan(ctx, data); err != nil {
		return err
	}
	p.sockets, p.temporary, err = socketFolder(p.folder.join("run"), ".s.PGSQL.5432.lock", id)
	if err != nil {
		return err
	}
	if err := p.serve(ctx, bin, id, data); err != nil {
		return err
	}
	if err := p.prepareDatabase(ctx); err != nil {
		p.process.abandon(ctx)
		return err
	}
	return writePrivate(p.folder.join("place.json"), postgresPlace{Sockets: p.sockets, Database: p.opt.Database})
}

// serve starts the server until it takes connections. After its postmaster was killed the
// sessions of the old one need a moment to notice, and a new one refuses to
// start beside them; so it tries again for a while.
func (p *Postgres) serve(ctx context.Context, bin binaries, id identity, data string) error {
	deadline := time.Now().Add(stopGrace)
	for {
		err := p.launch(bin, id, data)
		if err != nil {
			return err
		}
		if err = p.process.await(ctx, p.ping); err == nil {
			return nil
		}
		p.process.abandon(ctx)
		end := lastLines(p.folder.join("log"))
		if ctx.Err() != nil || time.Now().After(deadline) || !strings.Contains(end, "shared memory block") {
			return fmt.Errorf("%w\n%s", err, end)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p *Postgres) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.AdminURL(AdminRole))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return conn.Close(ctx)
}

// postgresUser gives who runs the server: whoever owns the data already.
func postgresUser(data string) (identity, error) {
	info, err := os.Stat(data)
	if err == nil && os.Geteuid() == 0 {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 {
			if u, err := user.LookupId(strconv.Itoa(int(st.Uid))); err == nil {
				return identityOf(u)
			}
		}
	}
	return unprivileged("postgres", "nobody")
}

// initialise makes the data folder once. It is made beside its place and moved
// there when it is whole, so that a start that is cut off leaves no half.
func (p *Postgres) initialise(ctx context.Context, bin binaries, id identity, data string) error {
	draft := data + ".new"
	if err := os.RemoveAll(draft); err != nil {
		return fmt.Errorf("clear data folder: %w", err)
	}
	if err := id.own(draft); err != nil {
		return err
	}
	// initdb reads the first password from a file that its own user may read.
	password := filepath.Join(p.folder.path, "first.password")
	if err := os.WriteFile(password, []byte(p.keys.Admin), 0o600); err != nil {
		return fmt.Errorf("write first password: %w", err)
	}
	defer os.Remove(password)
	if id.drop {
		if err := os.Chown(password, int(id.UID), int(id.GID)); err != nil {
			return fmt.Errorf("give first password to %s: %w", id.Name, err)
		}
	}
	args := []string{"-D", draft, "-U", AdminRole, "--auth=scram-sha-256", "--pwfile=" + password, "--locale=C.UTF-8", "-E", "UTF8"}
	if p.opt.Unsafe {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.dir, "initdb"), args...)
	cmd.Env, cmd.Dir = cleanEnv(draft), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if id.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: id.UID, Gid: id.GID}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make database folder: %w\n%s", err, out)
	}
	return rename(draft, data)
}

func (p *Postgres) launch(bin binaries, id identity, data string) error {
	log, err := openLog(p.folder.join("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", data}
	for name, value := range p.settings() {
		args = append(args, "-c", name+"="+value)
	}
	cmd := exec.Command(filepath.Join(bin.dir, "postgres"), args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = cleanEnv(data), "/", log, log
	// SIGINT is PostgreSQL's fast shutdown: sessions end, nothing is lost.
	p.process, err = launch("PostgreSQL", cmd, syscall.SIGINT, id)
	return err
}

func (p *Postgres) settings() map[string]string {
	s := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": p.sockets,
		"unix_socket_permissions": "0700",
		"port":                    "5432",
		"max_connections":         strconv.Itoa(p.opt.MaxConnections),
		"shared_buffers":          "256MB",
		"max_wal_size":            "2GB",
		"random_page_cost":        "1.1",
		"jit":                     "off",
		"timezone":                "UTC",
		// A statement or a row can carry a title or a name; the log must not.
		"log_min_error_statement":           "panic",
		"log_error_verbosity":               "terse",
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
	}
	if p.opt.Unsafe {
		s["fsync"], s["synchronous_commit"], s["full_page_writes"] = "off", "off", "off"
		s["wal_level"], s["max_wal_senders"] = "minimal", "0"
		s["shared_buffers"] = "128MB"
	}
	return s
}

// stopOrphan ends a server of this data folder that outlived the process that
// started it. The folder's lock is ours, so nobody relies on it any more.
func stopOrphan(ctx context.Context, data string) error {
	pid := postmasterOf(data)
	if pid == 0 {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop PostgreSQL left over from an earlier run (process %d): %w", pid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for postmasterOf(data) == pid {
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL left over from an earlier run (process %d) does not end: %w", pid, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// postmasterOf gives the process id of the living server of a data folder, or
// 0. A number that was given to another process since is not taken for it.
func postmasterOf(data string) int {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	switch {
	case errors.Is(err, fs.ErrNotExist) && !procMounted():
		return pid // no /proc on this system: believe the file
	case err != nil:
		return 0
	}
	here, err := filepath.EvalSymlinks(data)
	if err != nil || cwd != here {
		return 0
	}
	return pid
}

func procMounted() bool {
	_, err := os.Stat("/proc/self")
	return err == nil
}

// prepareDatabase makes roles, database and extensions where they are missing.
func (p *Postgres) prepareDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.AdminURL(AdminRole))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for role, key := range map[string]string{OwnerRole: p.keys.Owner, AppRole: p.keys.App} {
		var there bool
		if err := conn.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1)`, role).Scan(&there); err != nil {
			return fmt.Errorf("look for role %s: %w", role, err)
		}
		verb := "create"
		if there {
			verb = "alter"
		}
		// The key is hexadecimal and the statement takes no parameters.
		sql := fmt.Sprintf(`%s role %s login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '%s'`, verb, role, key)
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s role %s: %w", verb, role, err)
		}
	}
	var there bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, p.opt.Database).Scan(&there); err != nil {
		return fmt.Errorf("look for database: %w", err)
	}
	if !there {
		sql := fmt.Sprintf(`create database %s owner %s`, pgx.Identifier{p.opt.Database}.Sanitize(), OwnerRole)
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("create database: %w", err)
		}
	}
	return p.prepareExtensions(ctx)
}

func (p *Postgres) prepareExtensions(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.AdminURL(p.opt.Database))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, name := range extensions {
		if _, err := conn.Exec(ctx, `create extension if not exists `+name); err != nil {
			return fmt.Errorf("create extension %s (is postgresql-contrib installed?): %w", name, err)
		}
	}
	return nil
}

// OwnerURL connects as the owner of the schema, who migrates it.
func (p *Postgres) OwnerURL() string {
	return postgresURL(OwnerRole, p.keys.Owner, p.sockets, p.opt.Database)
}

// AppURL connects as the role that the product works under.
func (p *Postgres) AppURL() string {
	return postgresURL(AppRole, p.keys.App, p.sockets, p.opt.Database)
}

// AdminURL connects as the superuser, to any database of the server.
func (p *Postgres) AdminURL(database string) string {
	return postgresURL(AdminRole, p.keys.Admin, p.sockets, database)
}

// Done is closed when the server has ended, whoever ended it.
func (p *Postgres) Done() <-chan struct{} { return p.closed }

// Stop ends the server: sessions are cut off, nothing committed is lost.
func (p *Postgres) Stop(ctx context.Context) error {
	err := p.process.stop(ctx)
	<-p.closed
	return err
}

// PostgresAddresses are the addresses of one database, for each of its roles.
type PostgresAddresses struct{ Owner, App, Admin string }

// RunningPostgres gives the addresses of the server that another process runs
// in the data folder.
func RunningPostgres(dir string) (a PostgresAddresses, err error) {
	place, err := readPrivate[postgresPlace](filepath.Join(dir, "place.json"))
	if err != nil {
		return a, err
	}
	keys, err := readPrivate[postgresKeys](filepath.Join(dir, "keys.json"))
	if err != nil {
		return a, err
	}
	at := func(role, key string) string { return postgresURL(role, key, place.Sockets, place.Database) }
	return PostgresAddresses{Owner: at(OwnerRole, keys.Owner), App: at(AppRole, keys.App), Admin: at(AdminRole, keys.Admin)}, nil
}

func postgresURL(role, key, sockets, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, key), Path: "/" + database,
		RawQuery: url.Values{"host": {sockets}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}
