// Package blob keeps files by their content in an S3 store: a content is stored
// once however many refer to it, its hash is computed while it streams, and it
// is never held whole in memory. It decides how objects are named, written,
// read, checked and swept. It must not decide who may see a content: a hash is
// never a permission, and rights come from the document that refers to it.
//
// An object's key is a UUID and the blob's row maps the hash to it, so that a
// stream whose hash is known only at its end needs no second copy. The row is
// written after the object and deleted before it; no network call is made
// inside a transaction. What is cut off in between is an object without a row,
// which the sweep finds.
package blob

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const (
	// defaultPatience is how long the store may keep us waiting for one step. The
	// time that a sender or a reader takes is not counted.
	defaultPatience = 30 * time.Second
	// dialPatience is for a connection alone, which a store that is there gives at once.
	dialPatience = 5 * time.Second
	// tries is how often a request that can be repeated is made.
	tries = 3
)

// Config says where the store is.
type Config struct {
	Endpoint string // host:port
	Secure   bool   // TLS
	Access   string
	Secret   string
	Bucket   string
	Region   string        // "us-east-1" when empty
	Patience time.Duration // how long one step may take; 30 s when zero
}

// Ref names a stored content.
type Ref struct {
	Hash      document.Hash
	Size      int64
	MediaType string // found in the bytes
}

// Store keeps contents in one bucket, and their records in the database.
type Store struct {
	core      *minio.Core
	transport *http.Transport
	db        *postgres.Store
	bucket    string
	patience  time.Duration
	unsigned  bool
}

// New opens the store. It does not wait for it to be there: EnsureBucket and
// Ping tell.
func New(cfg Config, db *postgres.Store) (*Store, error) {
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	if cfg.Patience == 0 {
		cfg.Patience = defaultPatience
	}
	transport, err := minio.DefaultTransport(cfg.Secure)
	if err != nil {
		return nil, fmt.Errorf("prepare connections to the object store: %w", err)
	}
	transport.DialContext = (&net.Dialer{Timeout: dialPatience, KeepAlive: 15 * time.Second}).DialContext
	transport.ResponseHeaderTimeout = 0 // patience is counted per step, see watch
	transport.MaxIdleConnsPerHost = 64
	transport.WriteBufferSize, transport.ReadBufferSize = bufferSize, bufferSize
	core, err := minio.NewCore(cfg.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(cfg.Access, cfg.Secret, ""),
		Secure: cfg.Secure, Region: cfg.Region, Transport: transport,
		BucketLookup: minio.BucketLookupPath, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("open the object store: %w", err)
	}
	return &Store{core: core, transport: transport, db: db, bucket: cfg.Bucket, patience: cfg.Patience,
		unsigned: cfg.Secure || loopback(cfg.Endpoint)}, nil
}

// bufferSize is that of a connection; the library's 4 KiB cost throughput.
const bufferSize = 64 << 10

// loopback tells whether the way to the endpoint stays on this machine.
func loopback(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		host = endpoint
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close gives the connections back.
func (s *Store) Close() { s.transport.CloseIdleConnections() }

// EnsureBucket makes the bucket when it is not there. It is switched to keep
// versions where the store can: keys are never written twice, so that costs no
// room, and a plain delete by somebody else can be undone. The sweep deletes
// by version and does free the room.
func (s *Store) EnsureBucket(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	there, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return unavailable(ctx, err)
	}
	if there {
		return nil
	}
	if err := s.core.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{}); err != nil {
		code := minio.ToErrorResponse(err).Code
		if code == "BucketAlreadyOwnedByYou" || code == "BucketAlreadyExists" {
			return nil // another process was faster
		}
		return unavailable(ctx, err)
	}
	if err := s.core.EnableVersioning(ctx, s.bucket); err != nil && !lacks(err) {
		return unavailable(ctx, err)
	}
	return nil
}

// lacks tells whether the store says that it does not have the feature.
func lacks(err error) bool {
	var answer minio.ErrorResponse
	return errors.As(err, &answer) && answer.StatusCode >= http.StatusBadRequest && answer.StatusCode != http.StatusServiceUnavailable
}

// ErrNoBucket says that the store answers and has no such bucket.
var ErrNoBucket = errors.New("the bucket does not exist")

// Ping tells whether the store answers and the bucket is there.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, min(s.patience, dialPatience))
	defer cancel()
	there, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return unavailable(ctx, err)
	}
	if !there {
		return errUnavailable.Because(fmt.Errorf("%w: %s", ErrNoBucket, s.bucket))
	}
	return nil
}

// newKey makes the key of a new object. Keys sort by the time they were made.
func newKey() org.ID { return org.ID(uuid.Must(uuid.NewV7())) }

// madeAt tells when a key was made.
func madeAt(key org.ID) time.Time {
	seconds, nanos := uuid.UUID(key).Time().UnixTime()
	return time.Unix(seconds, nanos)
}

// shelfDigits is how many digits of a key name its folder: the time in steps of
// three days. A store on a file system stays quick, and the sweep can take the
// old folders alone.
const shelfDigits = 5

// objectName gives the name of a key's object.
func objectName(key org.ID) string {
	name := key.String()
	return name[:shelfDigits] + "/" + name
}

// remove deletes an object. Nobody can refer to it any more, so the caller may
// be gone and a failure leaves only an object for the sweep.
func (s *Store) remove(ctx context.Context, key org.ID) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.patience)
	defer cancel()
	name := objectName(key)
	// In a bucket with versions only a delete by version frees the room.
	info, err := s.core.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		if missing(err) {
			return nil
		}
		return unavailable(ctx, err)
	}
	if err := s.core.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{VersionID: info.VersionID}); err != nil && !missing(err) {
		return unavailable(ctx, err)
	}
	return nil
}

// discard removes objects that were written for nothing.
func (s *Store) discard(ctx context.Context, keys ...org.ID) {
	for _, key := range keys {
		_ = s.remove(ctx, key) // the sweep finds what is left
	}
}

// missing tells whether the store says that there is no such object.
func missing(err error) bool {
	var answer minio.ErrorResponse
	return errors.As(err, &answer) && (answer.Code == "NoSuchKey" || answer.Code == "NoSuchVersion" || answer.StatusCode == http.StatusNotFound && answer.Code != "NoSuchBucket")
}
