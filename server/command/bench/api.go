package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/minio/minio-go/v7"
)

// measureAPI moves the files of the blob benchmark through the whole server:
// rights, contract, hashing and records. The bare side is a handler that pipes
// the same bytes between HTTP and minio-go.
func measureAPI(ctx context.Context, b *bench) ([]Row, error) {
	k, err := newDesk(ctx, b, "bench_api", 1)
	if err != nil {
		return nil, err
	}
	defer k.close()
	cfg, err := b.objects(ctx, "bench-api")
	if err != nil {
		return nil, err
	}
	client, err := bareClient(cfg)
	if err != nil {
		return nil, err
	}
	if err := client.MakeBucket(ctx, cfg.Bucket, minio.MakeBucketOptions{}); err != nil {
		return nil, fmt.Errorf("make a bucket: %w", err)
	}
	s, err := b.serve(ctx, k, cfg)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	work := traffic{files: b.sized(32, 16), content: randomBytes(fileBytes)}
	bare := bareFiles{client: client, bucket: cfg.Bucket}
	pipe := newPipe(bare)
	defer pipe.server.Close()
	ours := func(ctx context.Context, round int) (float64, error) {
		return work.run(ctx, round, s.both(), func(ctx context.Context) error {
			if err := k.exec(ctx, `delete from document_file`); err != nil {
				return err
			}
			return dropBlobs(ctx, k.database, client, cfg.Bucket)
		})
	}
	baseline := func(ctx context.Context, round int) (float64, error) {
		return work.run(ctx, round, pipe.both(), bare.drop)
	}
	o, base, err := b.byTurns(ctx, "api", ours, baseline)
	return []Row{compare("blob through the API", "MiB/s", o, base, atLeast(0.9))}, err
}

// both moves a file up and down as a person's browser does.
func (s *serving) both() transfer {
	return func(ctx context.Context, _ string, size int64, content io.Reader) (func(context.Context, io.Writer) error, error) {
		sum, err := s.upload(ctx, content, size)
		if err != nil {
			return nil, err
		}
		if err := s.hang(ctx, sum, size); err != nil {
			return nil, err
		}
		return func(ctx context.Context, w io.Writer) error { return s.download(ctx, sum, w) }, nil
	}
}

// piping is the least a server can do with a file.
type piping struct {
	server *httptest.Server
	client *http.Client
}

func newPipe(files bareFiles) *piping {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := barePrefix + r.URL.Path[1:]
		var err error
		if r.Method == http.MethodPut {
			err = files.up(r.Context(), name, r.ContentLength, struct{ io.Reader }{r.Body})
		} else {
			err = files.down(r.Context(), name, struct{ io.Writer }{w})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	})
	return &piping{server: httptest.NewServer(handler),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, WriteBufferSize: copyBuffer, ReadBufferSize: copyBuffer}}}
}

func (p *piping) both() transfer {
	move := func(ctx context.Context, method, name string, size int64, content io.Reader, w io.Writer) error {
		r, err := http.NewRequestWithContext(ctx, method, p.server.URL+"/"+name, content)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		r.ContentLength = size
		answer, err := p.client.Do(r)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s %s: %s", method, name, answer.Status)
		}
		_, err = io.CopyBuffer(w, struct{ io.Reader }{answer.Body}, make([]byte, copyBuffer))
		return err
	}
	return func(ctx context.Context, name string, size int64, content io.Reader) (func(context.Context, io.Writer) error, error) {
		if err := move(ctx, http.MethodPut, name, size, content, io.Discard); err != nil {
			return nil, err
		}
		return func(ctx context.Context, w io.Writer) error { return move(ctx, http.MethodGet, name, 0, nil, w) }, nil
	}
}

// measureMemory sends one large file up and down while the memory of the server
// is looked at.
func measureMemory(ctx context.Context, b *bench) ([]Row, error) {
	k, err := newDesk(ctx, b, "bench_memory", 1)
	if err != nil {
		return nil, err
	}
	defer k.close()
	cfg, err := b.objects(ctx, "bench-memory")
	if err != nil {
		return nil, err
	}
	client, err := bareClient(cfg)
	if err != nil {
		return nil, err
	}
	if err := client.MakeBucket(ctx, cfg.Bucket, minio.MakeBucketOptions{}); err != nil {
		return nil, fmt.Errorf("make a bucket: %w", err)
	}
	s, err := b.serve(ctx, k, cfg)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	before, err := s.resident()
	if err != nil {
		return nil, err
	}
	size := int64(b.sized(1<<30, 256<<20))
	peak, stop := s.watchMemory(ctx)
	err = s.large(ctx, size)
	stop()
	most := <-peak
	row := judge(Row{Name: fmt.Sprintf("memory, %d MiB up and down", size>>20), Unit: "MiB", Ours: Series{most}, Baseline: Series{before}, Ratio: most - before,
		Target: atMost(64), Note: "the ratio is the growth"})
	return []Row{row}, err
}

func (s *serving) large(ctx context.Context, size int64) error {
	content := traffic{content: randomBytes(fileBytes)}
	sum, err := s.upload(ctx, io.LimitReader(&endless{piece: content.content}, size), size)
	if err != nil {
		return err
	}
	if err := s.hang(ctx, sum, size); err != nil {
		return err
	}
	var n counter
	if err := s.download(ctx, sum, &n); err != nil {
		return err
	}
	if int64(n) != size {
		return fmt.Errorf("%d bytes came down", n)
	}
	return nil
}

// endless gives the same bytes over and over.
type endless struct {
	piece []byte
	at    int
}

// Read goes round.
func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.piece[e.at:])
	e.at = (e.at + n) % len(e.piece)
	return n, nil
}

// watchMemory looks at the memory until stop is called, and gives the most.
func (s *serving) watchMemory(ctx context.Context) (peak <-chan float64, stop context.CancelFunc) {
	ctx, stop = context.WithCancel(ctx)
	found := make(chan float64, 1)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var most float64
		for {
			if now, err := s.resident(); err == nil {
				most = max(most, now)
			}
			select {
			case <-ctx.Done():
				found <- most
				return
			case <-tick.C:
			}
		}
	}()
	return found, stop
}
