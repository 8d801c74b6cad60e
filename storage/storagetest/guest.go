package storagetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// keeper is this program's connection to the shared servers, made once and
// held until the program ends: losing it is how the keeper knows.
var keeper = sync.OnceValues(func() (guest, error) {
	dir, err := folder()
	if err != nil {
		return guest{}, err
	}
	return visit(dir)
})

type guest struct {
	place place
	conn  net.Conn
}

// shared gives the place of the shared servers, which it starts when nobody has.
func shared(t testing.TB) place {
	t.Helper()
	g, err := keeper()
	if err != nil {
		t.Fatal(err)
	}
	return g.place
}

// visit connects to the keeper of the folder, starting it when there is none. One program
// at a time may start one.
func visit(dir string) (guest, error) {
	if g, err := knock(dir); err == nil {
		return g, nil
	}
	lock, err := takeLock(dir)
	if err != nil {
		return guest{}, err
	}
	defer lock.Close()
	if g, err := knock(dir); err == nil {
		return g, nil
	}
	ended, err := startKeeper(dir)
	if err != nil {
		return guest{}, err
	}
	deadline := time.After(setupGrace)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return guest{}, fmt.Errorf("the shared servers do not start: %w\n%s", err, readLog(dir))
		case <-deadline:
			return guest{}, fmt.Errorf("the shared servers do not answer\n%s", readLog(dir))
		case <-tick.C:
			if g, err := knock(dir); err == nil {
				return g, nil
			}
		}
	}
}

// takeLock waits for the lock under which keepers start and clear up.
func takeLock(dir string) (*os.File, error) {
	for {
		if err := makePrivate(dir); err != nil {
			return nil, err
		}
		path := filepath.Join(dir, "lock")
		lock, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if errors.Is(err, os.ErrNotExist) {
			continue // a keeper has just cleared up
		}
		if err != nil {
			return nil, fmt.Errorf("open lock: %w", err)
		}
		if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
			_ = lock.Close()
			return nil, fmt.Errorf("wait for lock: %w", err)
		}
		held, err := lock.Stat()
		if there, again := os.Stat(path); err == nil && again == nil && os.SameFile(held, there) {
			return lock, nil
		}
		_ = lock.Close() // it was cleared away while we waited
	}
}

// knock connects to a keeper that is there.
func knock(dir string) (guest, error) {
	conn, err := net.DialTimeout("unix", filepath.Join(dir, socketName), 5*time.Second)
	if err != nil {
		return guest{}, fmt.Errorf("connect: %w", err)
	}
	g := guest{conn: conn}
	if err := json.NewDecoder(conn).Decode(&g.place); err != nil {
		_ = conn.Close()
		return guest{}, fmt.Errorf("read place: %w", err)
	}
	return g, nil
}

// makePrivate makes the folder, and refuses one that another user laid out:
// its name can be guessed.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at folder: %w", err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() || ok && int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to somebody else", dir)
	}
	return nil
}

// startKeeper starts it as a session of its own, with no file of ours open, so
// that neither Ctrl-C nor `go test` waits for it.
func startKeeper(dir string) (<-chan error, error) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd := again(roleKeeper, folderVariable+"="+dir)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the shared servers: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(errors.New("they ended"), cmd.Wait()) }()
	return ended, nil
}

func readLog(dir string) string {
	raw, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
