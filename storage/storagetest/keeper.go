package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/migrations"
	"congvan/storage/embedded"
)

const (
	// roleVariable makes a test program into something else before its tests run.
	roleVariable   = "CONGVAN_STORAGETEST_ROLE"
	folderVariable = "CONGVAN_STORAGETEST_FOLDER"
	roleKeeper     = "keeper"
	roleStore      = "store"

	templateName = "congvan_template"
	socketName   = "keeper.sock"

	// idle is how long the servers wait for the next test program: a big
	// package may compile for that long between two others.
	idle = 45 * time.Second
	// clusterConnections is room for the pools of several programs at once.
	clusterConnections = 400
)

// A test program is started again as keeper or as object store. This must
// happen before its own main, which would run its tests.
func init() {
	var err error
	switch os.Getenv(roleVariable) {
	case "":
		return
	case roleKeeper:
		err = keep(context.Background(), os.Getenv(folderVariable))
	case roleStore:
		err = embedded.ServeS3(context.Background(), os.Stdin)
	default:
		err = errors.New("unknown role")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "storagetest:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// again is this program in another role. The path works after the program's
// file is gone, which `go test` removes when it is done.
func again(role string, env ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append([]string{roleVariable + "=" + role}, env...)
	for _, name := range []string{"PATH", "HOME", "TMPDIR", embedded.BinariesVariable} {
		if value, set := os.LookupEnv(name); set {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

func storeCommand() *exec.Cmd { return again(roleStore) }

// place is what the keeper tells everybody who connects; the addresses are of the template.
type place struct {
	OwnerURL, AppURL, AdminURL string
	Store                      embedded.S3Endpoint
}

// keep runs the servers until nobody has wanted them for a while.
func keep(ctx context.Context, dir string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run, err := os.MkdirTemp(dir, "run-")
	if err != nil {
		return fmt.Errorf("make run folder: %w", err)
	}
	defer os.RemoveAll(run)
	removeOthers(dir, run)
	// Other users run the database, and must be able to enter.
	if err := os.Chmod(run, 0o711); err != nil {
		return fmt.Errorf("open run folder: %w", err)
	}
	here, stop, err := startServers(ctx, run)
	defer stop() // a second time does nothing
	if err != nil {
		return err
	}
	socket := filepath.Join(dir, socketName)
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove stale socket: %w", err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := attend(listener, here, idle); err != nil {
		return err
	}
	stop()
	return clearUp(dir)
}

// clearUp removes the keeper's folder, unless another one starts in it.
func clearUp(dir string) error {
	lock, err := takeLock(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if _, err := os.Stat(filepath.Join(dir, socketName)); err == nil {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clear up: %w", err)
	}
	return nil
}

// removeOthers clears what killed keepers left behind; their servers are gone
// with them. One that is ending this moment clears its folder itself, so a
// failure here means nothing.
func removeOthers(dir, mine string) {
	runs, _ := filepath.Glob(filepath.Join(dir, "run-*")) // the pattern is well formed
	for _, old := range runs {
		if old != mine {
			_ = os.RemoveAll(old)
		}
	}
}

func startServers(ctx context.Context, run string) (here place, stop func(), err error) {
	var stops []func(context.Context) error
	stop = func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		for _, s := range stops {
			if err := s(grace); err != nil {
				fmt.Fprintln(os.Stderr, "storagetest:", err)
			}
		}
	}
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{
		Dir: filepath.Join(run, "pg"), Database: templateName, MaxConnections: clusterConnections, Unsafe: true,
	})
	if err != nil {
		return here, stop, err
	}
	stops = append(stops, pg.Stop)
	if _, err := migrations.Up(ctx, pg.OwnerURL()); err != nil {
		return here, stop, err
	}
	admin, err := pgx.Connect(ctx, pg.AdminURL(embedded.AdminRole))
	if err != nil {
		return here, stop, fmt.Errorf("connect: %w", err)
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, "alter database "+templateName+" with is_template true allow_connections false"); err != nil {
		return here, stop, fmt.Errorf("close template: %w", err)
	}
	s3, err := embedded.StartS3(ctx, embedded.S3Options{Dir: filepath.Join(run, "s3"), Command: storeCommand, Unsafe: true})
	if err != nil {
		return here, stop, err
	}
	stops = append(stops, s3.Stop)
	return place{OwnerURL: pg.OwnerURL(), AppURL: pg.AppURL(), AdminURL: pg.AdminURL(templateName), Store: s3.Endpoint()}, stop, nil
}

// attend tells everybody who connects where the servers are, and returns when
// nobody has been connected for the given time.
func attend(listener net.Listener, here place, patience time.Duration) error {
	arrivals := make(chan net.Conn)
	failed := make(chan error, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				failed <- err
				return
			}
			arrivals <- conn
		}
	}()
	left := make(chan struct{})
	guests := 0
	alone := time.NewTimer(patience)
	for {
		select {
		case conn := <-arrivals:
			guests++
			alone.Stop()
			go func() {
				defer func() { _ = conn.Close(); left <- struct{}{} }()
				if json.NewEncoder(conn).Encode(here) == nil {
					_, _ = io.Copy(io.Discard, conn) // until the guest is gone
				}
			}()
		case <-left:
			if guests--; guests == 0 {
				alone.Reset(patience)
			}
		case <-alone.C:
			// Whoever connects from here on is told nothing, and starts a keeper anew.
			return listener.Close()
		case err := <-failed:
			return fmt.Errorf("accept: %w", err)
		}
	}
}
