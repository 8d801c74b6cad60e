// Package embedded starts the servers that the product needs when nobody has
// configured any: PostgreSQL from the installed binaries, an S3 server as a
// child process of the same binary, and a Dovecot for the demonstration and
// the tests. It decides where they keep their data, under which user they run,
// how they are found and how they end. It must not know what is stored in them:
// no schema, no buckets, no mail.
//
// Every server listens only on this machine, has passwords made for it, and
// ends with the context it was started with, or with this process.
package embedded

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	// stopGrace is how long a server may take to end before it is killed.
	stopGrace = 20 * time.Second
	// startGrace is how long a server may take until it answers. Recovery after
	// a power cut replays the log and is the slow case.
	startGrace = 60 * time.Second
	// maxSocketPath is the room for a path in sockaddr_un, less the final zero.
	maxSocketPath = 107
)

// folder is a server's own place on disk, held by one process at a time.
type folder struct {
	path string
	lock *os.File
}

// openFolder makes the folder and takes it for this process. The lock is freed
// by the kernel, however the process ends.
func openFolder(path string) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find data folder: %w", err)
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock of data folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("data folder %s is in use by another running congvan", path)
		}
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	return &folder{path: path, lock: lock}, nil
}

func (f *folder) join(name string) string { return filepath.Join(f.path, name) }

func (f *folder) release() {
	_ = f.lock.Close()
}

// remember gives what the file holds, or fills v by make and writes it, readable by
// this user alone: passwords are made once and kept.
func remember[T any](path string, fill func() T) (T, error) {
	v, err := readPrivate[T](path)
	if !errors.Is(err, fs.ErrNotExist) {
		return v, err
	}
	v = fill()
	return v, writePrivate(path, v)
}

func readPrivate[T any](path string) (v T, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return v, fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read %s: %w", path, err)
	}
	return v, nil
}

// writePrivate writes v as JSON by way of a new file, so that a reader never
// sees half of it.
func writePrivate(path string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return rename(next, path)
}

// rename moves a file or folder to its place and makes the move durable.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("put %s in place: %w", to, err)
	}
	return syncFolder(filepath.Dir(to))
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder to sync it: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", path, err)
	}
	return nil
}

// secret makes a password of 160 random bits.
func secret() string {
	var b [20]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// identity is the user a server runs as.
type identity struct {
	Name, Group string
	UID, GID    uint32
	drop        bool // we are root and give that up for the server
}

// unprivileged gives the first of the named users that exists when this
// process is root, and the present user otherwise.
func unprivileged(names ...string) (identity, error) {
	if os.Geteuid() != 0 {
		uid, gid := uint32(os.Geteuid()), uint32(os.Getegid())
		id := identity{UID: uid, GID: gid, Name: strconv.Itoa(int(uid)), Group: strconv.Itoa(int(gid))}
		if u, err := user.Current(); err == nil {
			id.Name = u.Username
		}
		if g, err := user.LookupGroupId(strconv.Itoa(int(gid))); err == nil {
			id.Group = g.Name
		}
		return id, nil
	}
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		return identityOf(u)
	}
	return identity{}, fmt.Errorf("none of the users %v exists, and a server must not run as root", names)
}

func identityOf(u *user.User) (identity, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return identity{}, fmt.Errorf("read uid of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return identity{}, fmt.Errorf("read gid of %s: %w", u.Username, err)
	}
	id := identity{Name: u.Username, Group: u.Gid, UID: uint32(uid), GID: uint32(gid), drop: true}
	if g, err := user.LookupGroupId(u.Gid); err == nil {
		id.Group = g.Name
	}
	return id, nil
}

// own makes a private folder that belongs to the user.
func (id identity) own(path string) error {
	const mode = 0o700
	if err := os.MkdirAll(path, mode); err != nil {
		return fmt.Errorf("make %s: %w", path, err)
	}
	if id.drop {
		if err := os.Chown(path, int(id.UID), int(id.GID)); err != nil {
			return fmt.Errorf("give %s to %s: %w", path, id.Name, err)
		}
	}
	if err := os.Chmod(path, mode); err != nil {
		return fmt.Errorf("protect %s: %w", path, err)
	}
	return nil
}

// reach tells the first folder on the way to path that the user may not
// enter: a home folder is usually closed to the user a server runs as.
func (id identity) reach(path string) error {
	if !id.drop {
		return nil
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("look at %s: %w", dir, err)
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		bit := os.FileMode(0o001)
		switch {
		case st.Uid == id.UID:
			bit = 0o100
		case st.Gid == id.GID:
			bit = 0o010
		}
		if info.Mode().Perm()&bit == 0 {
			return fmt.Errorf("user %s, who runs the server because root must not, cannot enter %s: choose a data folder elsewhere, such as /var/lib/congvan", id.Name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// socketFolder gives a folder whose sockets have short enough paths: the wanted
// one, or a private one in the temporary folder, which the caller removes.
func socketFolder(wanted, longestName string, id identity) (dir string, temporary bool, err error) {
	if len(wanted)+1+len(longestName) < maxSocketPath {
		return wanted, false, id.own(wanted)
	}
	dir, err = os.MkdirTemp("", "cv")
	if err != nil {
		return "", false, fmt.Errorf("make socket folder: %w", err)
	}
	if len(dir)+1+len(longestName) >= maxSocketPath {
		_ = os.Remove(dir)
		return "", false, fmt.Errorf("paths under %s are too long for a socket: set TMPDIR to a shorter one", os.TempDir())
	}
	return dir, true, id.own(dir)
}

// freePort asks the kernel for a loopback port that nobody uses now. Somebody
// may take it before the server does, so callers try again with another.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
