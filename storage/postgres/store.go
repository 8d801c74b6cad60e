// Package postgres keeps the product's state: it opens the database, runs
// transactions in a scope, and reads and writes one aggregate per file. It is
// the only package that begins a transaction or knows SQL. It must not decide
// anything: rules are in server/domain, and who may do what is decided before
// it is called; the policies of the schema are the second belt.
package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Limits that keep one bad statement or one forgotten transaction from holding
// everybody else.
const (
	statementTimeout = "30s"
	lockTimeout      = "10s"
	idleTxTimeout    = "30s"
	connectTimeout   = 10 * time.Second
)

// Store is the product's database, opened as the role that can neither own nor
// bypass the policies.
type Store struct {
	pool *pgxpool.Pool
	jobs *river.Client[pgx.Tx] // insert only; workers have a client of their own
}

// Open connects to url with at most size connections. It does not wait for the
// database to be there: Ping tells.
func Open(ctx context.Context, url string, size int) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", withoutSecret(err))
	}
	cfg.MaxConns = int32(max(size, 2))
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	for name, value := range map[string]string{
		"application_name":                    "congvan",
		"timezone":                            "UTC",
		"statement_timeout":                   statementTimeout,
		"lock_timeout":                        lockTimeout,
		"idle_in_transaction_session_timeout": idleTxTimeout,
	} {
		if _, set := cfg.ConnConfig.RuntimeParams[name]; !set {
			cfg.ConnConfig.RuntimeParams[name] = value
		}
	}
	cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		registerTypes(conn.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return &Store{pool: pool, jobs: jobs}, nil
}

// Close waits for the transactions under way and closes every connection.
func (s *Store) Close() { s.pool.Close() }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return translate(err)
	}
	return nil
}

// Pool is for the workers' client of the job queue, which needs connections of
// its own. Everything else goes through InTx.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// withoutSecret drops an error's text: the parser quotes the address, and the
// address holds a password.
func withoutSecret(error) error { return errBadURL }
