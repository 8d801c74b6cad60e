package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/minio/minio-go/v7"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// room is a blob store with ways to look behind it.
type room struct {
	lock sync.Mutex
	*blob.Store
	cfg    blob.Config
	db     *storagetest.Database
	admin  *pgxpool.Pool
	client *minio.Client
}

func newRoom(t *testing.T) *room {
	t.Helper()
	return roomAt(t, storagetest.Bucket(t))
}

func roomAt(t *testing.T, cfg blob.Config) *room {
	t.Helper()
	db := storagetest.DB(t)
	return &room{Store: storagetest.OpenBlobs(t, cfg, db), cfg: cfg, db: db, admin: db.Admin(t), client: storagetest.Client(t, cfg)}
}

// objects gives the names of all objects in the bucket.
func (r *room) objects(t *testing.T) []string {
	t.Helper()
	var names []string
	for o := range r.client.ListObjects(context.Background(), r.cfg.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		names = append(names, o.Key)
	}
	return names
}

// parts counts uploads to the store that were begun and not ended.
func (r *room) parts(t *testing.T) int {
	t.Helper()
	n := 0
	for p := range r.client.ListIncompleteUploads(context.Background(), r.cfg.Bucket, "", true) {
		if p.Err != nil {
			t.Fatal(p.Err)
		}
		n++
	}
	return n
}

func (r *room) count(t *testing.T, table string) int {
	t.Helper()
	var n int
	if err := r.admin.QueryRow(context.Background(), "select count(*) from "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (r *room) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := r.admin.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// empty fails the test when anything was left in bucket or table.
func (r *room) empty(t *testing.T) {
	t.Helper()
	if left := r.objects(t); len(left) > 0 {
		t.Errorf("objects are left: %v", left)
	}
	if n := r.parts(t); n > 0 {
		t.Errorf("%d unfinished uploads are left", n)
	}
	if n := r.count(t, "blob"); n > 0 {
		t.Errorf("%d rows are left", n)
	}
}

func (r *room) put(t *testing.T, content []byte) blob.Ref {
	t.Helper()
	ref, err := r.Put(t.Context(), bytes.NewReader(content), blob.Hint{Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func (r *room) read(t *testing.T, h document.Hash) []byte {
	t.Helper()
	f, err := r.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// refer makes something refer to the content, and gives what to delete.
func (r *room) refer(t *testing.T, h document.Hash) org.ID {
	t.Helper()
	u := r.upload(t, 0)
	r.exec(t, `update upload set sha256 = $2 where id = $1`, u.ID.String(), h[:])
	return u.ID
}

// upload begins an upload of the size.
func (r *room) upload(t *testing.T, size int64) postgres.Upload {
	t.Helper()
	account := postgres.NewID()
	r.exec(t, `insert into account (id, login, full_name, created_at) values ($1, $2, 'An', now())`, account.String(), account.String())
	now := time.Now()
	u := postgres.Upload{ID: postgres.NewID(), AccountID: account, Name: "a.bin", Size: size, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := r.db.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.AddUpload(t.Context(), u) }); err != nil {
		t.Fatal(err)
	}
	return u
}

func random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

func hashOf(b []byte) document.Hash { return document.Hash(sha256.Sum256(b)) }

// stream hides everything of a reader but Read.
type stream struct{ io.Reader }

// broken gives the bytes and then the error.
func broken(b []byte, err error) io.Reader {
	return stream{io.MultiReader(bytes.NewReader(b), failing{err})}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// line stands between the blob store and the object store. It counts what
// comes back, and can be held up.
type line struct {
	listener net.Listener
	received atomic.Int64

	mu   sync.Mutex
	open *sync.Cond
	held bool
}

func newLine(t *testing.T, target string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener}
	l.open = sync.NewCond(&l.mu)
	t.Cleanup(func() { _ = listener.Close(); l.hold(false) })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", target)
			if err != nil {
				_ = near.Close()
				continue
			}
			go l.pass(far, near, nil)
			go l.pass(near, far, &l.received)
		}
	}()
	return l
}

func (l *line) pass(to, from net.Conn, count *atomic.Int64) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		l.mu.Lock()
		for l.held {
			l.open.Wait()
		}
		l.mu.Unlock()
		if count != nil {
			count.Add(int64(n))
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (l *line) hold(held bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = held
	l.open.Broadcast()
}

func (l *line) address() string { return l.listener.Addr().String() }
