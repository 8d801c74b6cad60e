package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3response"
)

const (
	termination = syscall.SIGTERM

	// copyLimit is what S3 allows to copy in one request.
	copyLimit = 5 << 30
)

// ServeS3 is what the child process runs: it reads its orders from in, serves
// until ctx ends or in is closed, and leaves the process in another working
// directory. It can run once in a process.
func ServeS3(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read orders: %w", err)
	}
	var orders s3Orders
	if err := json.Unmarshal(first, &orders); err != nil {
		return fmt.Errorf("read orders: %w", err)
	}
	ctx, stop := signal.NotifyContext(ctx, termination)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, lines) // ends when the parent does
		cancel()
	}()
	if err := become(orders.UID, orders.GID); err != nil {
		return err
	}
	backend, err := newDurable(orders)
	if err != nil {
		return err
	}
	err = embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess: orders.Access, RootUserSecret: orders.Secret,
		Ports:          []string{orders.Address},
		MaxConnections: 4096, MaxRequests: 1024, MultipartMaxParts: 10000,
		Quiet: true, KeepAlive: true, HealthPath: orders.Health,
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve objects: %w", err)
	}
	return nil
}

// become gives root up. The process does so itself, and not whoever starts it, because
// another user may not be able to enter the folder that the program lies in.
func become(uid, gid uint32) error {
	if uid == 0 {
		return nil
	}
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(int(gid)), syscall.Setuid(int(uid))); err != nil {
		return fmt.Errorf("give root up: %w", err)
	}
	return nil
}

// durable is the library's file store with one promise more: when it says that
// an object is stored, a power cut does not take it back. The library itself
// never syncs.
//
// The data and the attributes are synced after the object has its name, then
// the folder that holds the name. A cut between the two leaves an object that
// nobody was told of, which a later sweep finds.
type durable struct {
	*posix.Posix
	root     string
	unsynced bool
}

func newDurable(orders s3Orders) (*durable, error) {
	opt := posix.PosixOpts{CopyObjectThreshold: copyLimit}
	opt.SetNewDirPerm(0o700)
	opt.SetNewFilePerm(0o600)
	var attributes meta.MetadataStorer = meta.XattrMeta{}
	if err := (meta.XattrMeta{}).Test(orders.Objects); err != nil {
		sidecar, err := meta.NewSideCar(orders.Sidecar)
		if err != nil {
			return nil, fmt.Errorf("make folder of attributes: %w", err)
		}
		attributes, opt.SideCarDir = sidecar, orders.Sidecar
	}
	files, err := posix.New(orders.Objects, attributes, opt)
	if err != nil {
		return nil, fmt.Errorf("open folder of objects: %w", err)
	}
	return &durable{Posix: files, root: orders.Objects, unsynced: orders.Unsynced}, nil
}

// PutObject stores an object in one request.
func (d *durable) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	in.Body = whole(in.Body, in.ContentLength)
	out, err := d.Posix.PutObject(ctx, in)
	if err == nil {
		err = d.sync(in.Bucket, in.Key)
	}
	return out, err
}

// UploadPart stores a part of an object.
func (d *durable) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	in.Body = whole(in.Body, in.ContentLength)
	return d.Posix.UploadPart(ctx, in)
}

var errCutOff = errors.New("the body ends before its length")

// whole makes a body that ends before its announced length an error. The
// library takes the end of a connection for the end of the object, and would
// keep the half that a sender managed to send.
func whole(body io.Reader, length *int64) io.Reader {
	if _, chunked := body.(middlewares.ChecksumReader); chunked || body == nil || length == nil {
		return body // chunks carry their own end
	}
	return &wholeReader{body: body, left: *length}
}

type wholeReader struct {
	body io.Reader
	left int64
}

func (w *wholeReader) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	w.left -= int64(n)
	if w.left > 0 && (err == io.EOF || err == io.ErrUnexpectedEOF) { //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
		err = errCutOff // the library takes either of the two for a good end
	}
	return n, err
}

// CompleteMultipartUpload joins the parts of an object. The parts themselves
// need no syncing: until here nobody was promised anything.
func (d *durable) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	out, version, err := d.Posix.CompleteMultipartUpload(ctx, in)
	if err == nil {
		err = d.sync(in.Bucket, in.Key)
	}
	return out, version, err
}

// CopyObject copies an object inside the store.
func (d *durable) CopyObject(ctx context.Context, in s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	out, err := d.Posix.CopyObject(ctx, in)
	if err == nil {
		err = d.sync(in.Bucket, in.Key)
	}
	return out, err
}

// CreateBucket makes a bucket.
func (d *durable) CreateBucket(ctx context.Context, in *s3.CreateBucketInput, acl []byte) error {
	err := d.Posix.CreateBucket(ctx, in, acl)
	if err == nil {
		err = d.sync(in.Bucket, nil)
	}
	return err
}

// sync brings an object, or a bucket, and every folder on the way to it to
// the disk.
func (d *durable) sync(bucket, key *string) error {
	if d.unsynced || bucket == nil {
		return nil
	}
	path := filepath.Join(d.root, *bucket)
	if key != nil {
		path = filepath.Join(path, *key)
	}
	for strings.HasPrefix(path, d.root) {
		if err := syncPath(path); err != nil {
			return err
		}
		path = filepath.Dir(path)
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open to sync: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}
