package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/errgroup"

	"congvan/storage/blob"
)

const (
	fileBytes   = 20 << 20
	filesAtOnce = 8
	mebibyte    = 1 << 20
)

// measureBlob streams files through storage/blob and through minio-go alone.
// Both stream each file in one request from a plain reader.
func measureBlob(ctx context.Context, b *bench) ([]Row, error) {
	d, err := b.database(ctx, "bench_blob")
	if err != nil {
		return nil, err
	}
	defer d.close()
	store, cfg, err := b.blobs(ctx, d, "bench-blob")
	if err != nil {
		return nil, err
	}
	defer store.Close()
	client, err := bareClient(cfg)
	if err != nil {
		return nil, err
	}
	work := traffic{files: b.sized(32, 16), content: randomBytes(fileBytes)}
	ours := func(ctx context.Context, round int) (float64, error) {
		return work.run(ctx, round, throughStore(store), func(ctx context.Context) error { return dropBlobs(ctx, d, client, cfg.Bucket) })
	}
	bare := bareFiles{client: client, bucket: cfg.Bucket}
	baseline := func(ctx context.Context, round int) (float64, error) {
		return work.run(ctx, round, bare.both(), bare.drop)
	}
	o, base, err := b.byTurns(ctx, "blob", ours, baseline)
	return []Row{compare("blob", "MiB/s", o, base, atLeast(0.9))}, err
}

// traffic is a number of files that go up and come down, some at once.
type traffic struct {
	files   int
	content []byte
}

// transfer takes a file up and gives how to get it down again.
type transfer func(ctx context.Context, name string, size int64, content io.Reader) (down func(ctx context.Context, w io.Writer) error, err error)

// run moves all files up and down and gives the mean throughput of both ways.
func (t traffic) run(ctx context.Context, round int, move transfer, clear func(context.Context) error) (float64, error) {
	began := time.Now()
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(filesAtOnce)
	for i := range t.files {
		group.Go(func() error {
			down, err := move(gctx, strconv.Itoa(round)+"-"+strconv.Itoa(i), int64(len(t.content)), t.file(round, i))
			if err != nil {
				return err
			}
			var n counter
			if err := down(gctx, &n); err != nil {
				return err
			}
			if int(n) != len(t.content) {
				return fmt.Errorf("%d bytes came down", n)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	took := time.Since(began)
	return float64(2*t.files*len(t.content)) / mebibyte / took.Seconds(), clear(ctx)
}

// file gives content that no other file has, as a stream that offers nothing but Read.
func (t traffic) file(round, i int) io.Reader {
	var mark [32]byte
	if _, err := rand.Read(mark[:16]); err != nil {
		panic(err) // never fails since Go 1.24
	}
	binary.BigEndian.PutUint64(mark[16:], uint64(round))
	binary.BigEndian.PutUint64(mark[24:], uint64(i))
	return struct{ io.Reader }{io.MultiReader(bytes.NewReader(mark[:]), bytes.NewReader(t.content[len(mark):]))}
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// throughStore moves files as the product does.
func throughStore(store *blob.Store) transfer {
	return func(ctx context.Context, _ string, size int64, content io.Reader) (func(context.Context, io.Writer) error, error) {
		ref, err := store.Put(ctx, content, blob.Hint{Size: size})
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, w io.Writer) error {
			f, err := store.Open(ctx, ref.Hash)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = io.CopyBuffer(w, struct{ io.Reader }{f}, make([]byte, copyBuffer))
			return err
		}, nil
	}
}

// copyBuffer is what both sides copy with.
const copyBuffer = 64 << 10

// bareFiles moves files with minio-go alone.
type bareFiles struct {
	client *minio.Client
	bucket string
}

// bareClient is minio-go as an expert sets it up for big files: with buffers
// that fit them and connections that are kept.
func bareClient(cfg blob.Config) (*minio.Client, error) {
	transport, err := minio.DefaultTransport(cfg.Secure)
	if err != nil {
		return nil, fmt.Errorf("prepare connections: %w", err)
	}
	transport.MaxIdleConnsPerHost = 64
	transport.WriteBufferSize, transport.ReadBufferSize = copyBuffer, copyBuffer
	client, err := minio.New(cfg.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(cfg.Access, cfg.Secret, ""),
		Secure: cfg.Secure, Region: "us-east-1", Transport: transport, BucketLookup: minio.BucketLookupPath})
	if err != nil {
		return nil, fmt.Errorf("open the object store: %w", err)
	}
	return client, nil
}

const barePrefix = "bare/"

func (f bareFiles) both() transfer {
	return func(ctx context.Context, name string, size int64, content io.Reader) (func(context.Context, io.Writer) error, error) {
		if err := f.up(ctx, barePrefix+name, size, content); err != nil {
			return nil, err
		}
		return func(ctx context.Context, w io.Writer) error { return f.down(ctx, barePrefix+name, w) }, nil
	}
}

// up sends a file in one request, and spares hashing chunks on a way that
// stays on this machine.
func (f bareFiles) up(ctx context.Context, name string, size int64, content io.Reader) error {
	_, err := f.client.PutObject(ctx, f.bucket, name, content, size,
		minio.PutObjectOptions{DisableMultipart: true, DisableContentSha256: true, ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	return nil
}

func (f bareFiles) down(ctx context.Context, name string, w io.Writer) error {
	object, _, _, err := (&minio.Core{Client: f.client}).GetObject(ctx, f.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	defer object.Close()
	if _, err := io.CopyBuffer(w, struct{ io.Reader }{object}, make([]byte, copyBuffer)); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}

// drop removes what the bare side stored.
func (f bareFiles) drop(ctx context.Context) error {
	return dropObjects(ctx, f.client, f.bucket, barePrefix)
}

// dropBlobs removes everything that the product stored in the bucket.
func dropBlobs(ctx context.Context, d *database, client *minio.Client, bucket string) error {
	if err := d.exec(ctx, `delete from upload`); err != nil {
		return err
	}
	if err := d.exec(ctx, `delete from blob`); err != nil {
		return err
	}
	return dropObjects(ctx, client, bucket, "")
}

func dropObjects(ctx context.Context, client *minio.Client, bucket, prefix string) error {
	for o := range client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list objects: %w", o.Err)
		}
		if err := client.RemoveObject(ctx, bucket, o.Key, minio.RemoveObjectOptions{}); err != nil {
			return fmt.Errorf("remove object: %w", err)
		}
	}
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err) // never fails since Go 1.24
	}
	return b
}
