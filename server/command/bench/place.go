package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"congvan/migrations"
	"congvan/storage/blob"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
)

const (
	// objectStoreCommand is the hidden command that the embedded object store runs as.
	objectStoreCommand = "embedded-object-store"
	// connections is how many each side has.
	connections = 24
	stopGrace   = 30 * time.Second
)

// place is where it is measured: servers of its own, started when they are
// first wanted, as durable as in production, in a folder that goes with them.
type place struct {
	exe   string
	dir   string
	pg    *embedded.Postgres
	s3    *embedded.S3
	stops []func(context.Context) error
}

func newPlace(exe string) (*place, error) {
	dir, err := os.MkdirTemp("", "congvan-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder to measure in: %w", err)
	}
	// Other users run the servers, and must be able to enter.
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, fmt.Errorf("open the folder to measure in: %w", err)
	}
	return &place{exe: exe, dir: dir}, nil
}

// close ends the servers and removes what they stored.
func (p *place) close(ctx context.Context) {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	for _, stop := range p.stops {
		if err := stop(grace); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}
	if err := os.RemoveAll(p.dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

func (p *place) postgres(ctx context.Context) (*embedded.Postgres, error) {
	if p.pg != nil {
		return p.pg, nil
	}
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(p.dir, "postgres")})
	if err != nil {
		return nil, err
	}
	p.stops = append(p.stops, pg.Stop)
	if _, err := migrations.Up(ctx, pg.OwnerURL()); err != nil {
		return nil, err
	}
	p.pg = pg
	return pg, nil
}

// database is a migrated database of one benchmark.
type database struct {
	*postgres.Store
	// admin is a superuser's: no policy is applied to it. It sets up, and is the
	// baseline's way to the same tables.
	admin  *pgxpool.Pool
	appURL string
}

// database makes one; the caller closes it.
func (p *place) database(ctx context.Context, name string) (*database, error) {
	pg, err := p.postgres(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, pg.AdminURL(embedded.AdminRole))
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	quoted := pgx.Identifier{name}.Sanitize()
	if _, err := conn.Exec(ctx, "create database "+quoted+" template congvan owner "+embedded.OwnerRole); err != nil {
		return nil, fmt.Errorf("make database: %w", err)
	}
	app, err := url.Parse(pg.AppURL())
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	app.Path = "/" + name
	d := &database{appURL: app.String()}
	if d.Store, err = postgres.Open(ctx, d.appURL, connections); err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(pg.AdminURL(name))
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	cfg.MaxConns = connections
	if d.admin, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return d, nil
}

func (d *database) close() {
	d.Store.Close()
	d.admin.Close()
}

// exec runs statements with a superuser's rights.
func (d *database) exec(ctx context.Context, sql string, args ...any) error {
	if _, err := d.admin.Exec(ctx, sql, plain(args)...); err != nil {
		return fmt.Errorf("%.60s: %w", sql, err)
	}
	return nil
}

// settle brings statistics and the log up to date, so that neither side pays
// for what was set up before.
func (d *database) settle(ctx context.Context) error {
	return errors.Join(d.exec(ctx, "vacuum analyze"), d.exec(ctx, "checkpoint"))
}

// objects gives the address of a bucket of the object store.
func (p *place) objects(ctx context.Context, bucket string) (blob.Config, error) {
	if p.s3 == nil {
		s3, err := embedded.StartS3(ctx, embedded.S3Options{Dir: p.storeDir(),
			Command: func() *exec.Cmd { return exec.Command(p.exe, objectStoreCommand) }}) //nolint:noctx // embedded ends it
		if err != nil {
			return blob.Config{}, err
		}
		p.s3, p.stops = s3, append(p.stops, s3.Stop)
	}
	e := p.s3.Endpoint()
	return blob.Config{Endpoint: e.Address, Access: e.Access, Secret: e.Secret, Bucket: bucket}, nil
}

func (p *place) storeDir() string { return filepath.Join(p.dir, "store") }

// blobs opens the product's store of files in a bucket; the caller closes it.
func (p *place) blobs(ctx context.Context, d *database, bucket string) (*blob.Store, blob.Config, error) {
	cfg, err := p.objects(ctx, bucket)
	if err != nil {
		return nil, cfg, err
	}
	store, err := blob.New(cfg, d.Store)
	if err != nil {
		return nil, cfg, err
	}
	err = store.EnsureBucket(ctx)
	return store, cfg, err
}

// dovecot starts a mail server with mailboxes.
func (p *place) dovecot(ctx context.Context, name string, mailboxes map[string]string) (server *embedded.Dovecot, mail string, err error) {
	dir := filepath.Join(p.dir, name)
	if server, err = embedded.StartDovecot(ctx, embedded.DovecotOptions{Dir: dir, Mailboxes: mailboxes}); err != nil {
		return nil, "", err
	}
	p.stops = append(p.stops, server.Stop)
	return server, filepath.Join(dir, "mail"), nil
}
