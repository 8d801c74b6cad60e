package storagetest

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"congvan/storage/blob"
	"congvan/storage/embedded"
)

// These name another S3 server for the tests to run against. Its buckets are
// made and removed by them.
const (
	endpointVariable = "CONGVAN_TEST_S3_ENDPOINT" // host:port, without TLS
	accessVariable   = "CONGVAN_TEST_S3_ACCESS"
	secretVariable   = "CONGVAN_TEST_S3_SECRET"
)

// Bucket names a bucket of the test's own, on the shared object store. Whoever
// opens it makes it (EnsureBucket).
func Bucket(t testing.TB) blob.Config {
	t.Helper()
	cfg := blob.Config{Bucket: "congvan-test-" + random()}
	if cfg.Endpoint = os.Getenv(endpointVariable); cfg.Endpoint != "" {
		cfg.Access, cfg.Secret = os.Getenv(accessVariable), os.Getenv(secretVariable)
	} else {
		store := shared(t).Store
		cfg.Endpoint, cfg.Access, cfg.Secret = store.Address, store.Access, store.Secret
	}
	t.Cleanup(func() { removeBucket(t, cfg) })
	return cfg
}

// Blobs gives a blob store of the test's own: a bucket, and its records in db.
func Blobs(t testing.TB, db *Database) *blob.Store {
	t.Helper()
	return OpenBlobs(t, Bucket(t), db)
}

// OpenBlobs opens a blob store and makes its bucket.
func OpenBlobs(t testing.TB, cfg blob.Config, db *Database) *blob.Store {
	t.Helper()
	store, err := blob.New(cfg, db.Store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	if err := store.EnsureBucket(context.Background()); err != nil {
		t.Fatal(err)
	}
	return store
}

// Client speaks to the test's bucket past the blob store, to look behind it.
func Client(t testing.TB, cfg blob.Config) *minio.Client {
	t.Helper()
	c, err := minio.New(cfg.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(cfg.Access, cfg.Secret, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func removeBucket(t testing.TB, cfg blob.Config) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setupGrace)
	defer cancel()
	c := Client(t, cfg)
	there, err := c.BucketExists(ctx, cfg.Bucket)
	if err != nil {
		t.Error(err)
		return
	}
	if !there {
		return
	}
	if err := c.RemoveBucketWithOptions(ctx, cfg.Bucket, minio.RemoveBucketOptions{ForceDelete: true}); err == nil {
		return // MinIO has a short way
	}
	for object := range c.ListObjects(ctx, cfg.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		if object.Err != nil {
			t.Error(object.Err)
			return
		}
		if err := c.RemoveObject(ctx, cfg.Bucket, object.Key, minio.RemoveObjectOptions{}); err != nil {
			t.Error(err)
		}
	}
	if err := c.RemoveBucket(ctx, cfg.Bucket); err != nil {
		t.Error(err)
	}
}

// ObjectStore is a store of one test's own, which it can break.
type ObjectStore struct {
	t   testing.TB
	opt embedded.S3Options
	s3  *embedded.S3
}

// OwnObjectStore starts an object store that no other test sees.
func OwnObjectStore(t testing.TB) *ObjectStore {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	o := &ObjectStore{t: t, opt: embedded.S3Options{Dir: Folder(t), Command: storeCommand, Address: address, Unsafe: true}}
	o.Start()
	t.Cleanup(o.Stop)
	return o
}

// Start starts the store, again at the same address.
func (o *ObjectStore) Start() {
	o.t.Helper()
	var err error
	if o.s3, err = embedded.StartS3(context.Background(), o.opt); err != nil {
		o.t.Fatal(err)
	}
}

// Stop ends the store, whatever it is doing.
func (o *ObjectStore) Stop() {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = o.s3.Stop(ctx) // being killed after a second is what a test wants
}

// Config names a bucket in the store.
func (o *ObjectStore) Config(bucket string) blob.Config {
	e := o.s3.Endpoint()
	return blob.Config{Endpoint: e.Address, Access: e.Access, Secret: e.Secret, Bucket: bucket}
}
