package embedded

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"time"
)

// S3Options says where and how to run the object store.
type S3Options struct {
	Dir string // the data folder; made when missing
	// Command runs ServeS3 on its standard input: this binary with a hidden
	// argument. The store is a process of its own because its library changes
	// the working directory of the process it lives in.
	Command func() *exec.Cmd
	// Address is where to listen, as host:port; a free port of this machine's
	// own address when empty.
	Address string
	// Unsafe leaves out the syncing to disk, for tests alone.
	Unsafe bool
}

// S3 is a running object store of our own.
type S3 struct {
	folder   *folder
	process  *process
	orders   io.WriteCloser // the store ends when this end closes
	closed   <-chan struct{}
	endpoint S3Endpoint
}

// S3Endpoint is how to reach the store; it speaks plain HTTP.
type S3Endpoint struct {
	Address string // host:port
	Access  string
	Secret  string
}

type s3Keys struct {
	Access, Secret string
}

// s3Orders are what the store is told on its standard input: secrets do not
// belong among arguments, where everybody on the machine can read them.
type s3Orders struct {
	Objects  string // folder of the objects
	Sidecar  string // folder of their attributes, where the file system has none
	Address  string
	Access   string
	Secret   string
	UID, GID uint32 // whom to become; as it is when zero
	Health   string // a path that nobody else answers
	Unsynced bool
}

// StartS3 starts the store and returns when it answers. It ends with ctx.
func StartS3(ctx context.Context, opt S3Options) (*S3, error) {
	f, err := openFolder(opt.Dir)
	if err != nil {
		return nil, err
	}
	s := &S3{folder: f}
	if err := s.start(ctx, opt); err != nil {
		f.release()
		return nil, err
	}
	s.closed = s.process.watch(ctx, s.close)
	return s, nil
}

func (s *S3) close() {
	_ = s.orders.Close()
	s.folder.release()
}

func (s *S3) start(ctx context.Context, opt S3Options) error {
	keys, err := remember(s.folder.join("keys.json"), func() s3Keys {
		return s3Keys{Access: secret()[:20], Secret: secret()}
	})
	if err != nil {
		return err
	}
	orders := s3Orders{
		Objects: s.folder.join("objects"), Sidecar: s.folder.join("attributes"),
		Access: keys.Access, Secret: keys.Secret, Health: "/" + secret(), Unsynced: opt.Unsafe,
	}
	if err := orders.hand(); err != nil {
		return err
	}
	// Another process can take a free port between our look and the store's.
	for range 5 {
		if err = s.try(ctx, opt, orders); err == nil {
			return writePrivate(s.folder.join("place.json"), s.endpoint)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("%w\n%s", err, lastLines(s.folder.join("log")))
}

// hand gives the folders to the user that the store runs as, which is never root.
func (o *s3Orders) hand() error {
	id, err := unprivileged("postgres", "nobody")
	if err != nil {
		return err
	}
	if err := id.reach(o.Objects); err != nil {
		return err
	}
	for _, dir := range []string{o.Objects, o.Sidecar} {
		if err := id.own(dir); err != nil {
			return err
		}
	}
	if id.drop {
		o.UID, o.GID = id.UID, id.GID
	}
	return nil
}

func (s *S3) try(ctx context.Context, opt S3Options, orders s3Orders) error {
	orders.Address = opt.Address
	if orders.Address == "" {
		port, err := freePort()
		if err != nil {
			return err
		}
		orders.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	}
	log, err := openLog(s.folder.join("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := opt.Command()
	if cmd.Env == nil {
		cmd.Env = cleanEnv(s.folder.path)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if s.orders, err = cmd.StdinPipe(); err != nil {
		return fmt.Errorf("open input of the object store: %w", err)
	}
	if s.process, err = launch("the object store", cmd, termination, identity{}); err != nil {
		return err
	}
	err = json.NewEncoder(s.orders).Encode(orders)
	if err == nil {
		err = s.process.await(ctx, func(ctx context.Context) error { return healthy(ctx, orders) })
	}
	if err != nil {
		_ = s.orders.Close()
		s.process.abandon(ctx)
		return err
	}
	s.endpoint = S3Endpoint{Address: orders.Address, Access: orders.Access, Secret: orders.Secret}
	return nil
}

// healthy asks a path that only our own store knows, so that a stranger on the
// port is not taken for it.
func healthy(ctx context.Context, orders s3Orders) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+orders.Address+orders.Health, nil)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask for health: status %d", resp.StatusCode)
	}
	return nil
}

// Endpoint tells how to reach the store.
func (s *S3) Endpoint() S3Endpoint { return s.endpoint }

// Done is closed when the store has ended, whoever ended it.
func (s *S3) Done() <-chan struct{} { return s.closed }

// Stop ends the store after the requests it is serving.
func (s *S3) Stop(ctx context.Context) error {
	err := s.process.stop(ctx)
	<-s.closed
	return err
}

// RunningS3 gives the endpoint of the store that another process runs in the data folder.
func RunningS3(dir string) (S3Endpoint, error) {
	return readPrivate[S3Endpoint](dir + "/place.json")
}
