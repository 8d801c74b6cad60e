// Package backup decides how the state of an installation is copied out and put
// back: one moment of the database, and every file that this moment refers to.
// It must not change what it reads, must not put anything over what is there,
// and never writes a key or a password: without the installation's own key,
// which is kept apart, what is sealed in the database stays sealed.
//
// A folder holds many backups. Files are kept in it once, by their hash, so that
// each backup adds what is new:
//
//	objects/3f/3f0a…      a file's content
//	20261124T231023Z/     one backup, named by its moment in UTC
//	    database.dump     the database, as pg_dump writes it
//	    objects.tsv       hash, size and object key of every file
//	    settings.env      the settings without secrets
//	    manifest.json     written last: without it there is no backup
package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const (
	format       = 1
	nameLayout   = "20060102T150405Z"
	databaseName = "database.dump"
	objectsName  = "objects.tsv"
	settingsName = "settings.env"
	manifestName = "manifest.json"
	objectsDir   = "objects"
)

// The reasons for which a backup is not used.
var (
	ErrNone     = errors.New("there is no finished backup in this folder at or before that time")
	ErrFormat   = errors.New("the backup was written by a newer version of the program")
	ErrSchema   = errors.New("the backup's database is newer than this program: use the version that wrote it")
	ErrAltered  = errors.New("the backup is not what was written")
	ErrNotEmpty = errors.New("the database already has tables: a backup goes into an empty one only")
	ErrNoRole   = errors.New("the database server has no role congvan_app: create it first (create role congvan_app login)")
	ErrDiffers  = errors.New("what was restored is not what was backed up")
)

// Part is a file of a backup, as it was written.
type Part struct {
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Manifest says what a backup holds.
type Manifest struct {
	Format   int              `json:"format"`
	Version  string           `json:"version"` // of the program
	Schema   int64            `json:"schema"`  // newest migration
	At       time.Time        `json:"at"`
	Database Part             `json:"database"`
	List     Part             `json:"objectList"`
	Objects  int              `json:"objects"`
	Bytes    int64            `json:"bytes"` // of all files
	Tables   map[string]int64 `json:"tables"`
	// Missing are files that the database refers to and the store had not, or
	// not whole.
	Missing []string `json:"missing,omitempty"`
}

// Progress tells how far it is; total is 0 while it is not known.
type Progress func(step string, done, total int64)

// Copy is one finished backup.
type Copy struct {
	Manifest
	root, dir string
}

// Name is the backup's folder.
func (c Copy) Name() string { return filepath.Base(c.dir) }

// List gives the finished backups of a folder, oldest first.
func List(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("look for backups: %w", err)
	}
	var names []string
	for _, e := range entries {
		if _, err := time.Parse(nameLayout, e.Name()); err != nil || !e.IsDir() {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, e.Name(), manifestName)); err == nil {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// Open reads the newest finished backup of a folder that is not after a time,
// and refuses it when its parts are not what was written.
func Open(root string, at time.Time, schema int64) (Copy, error) {
	names, err := List(root)
	if err != nil {
		return Copy{}, err
	}
	limit := at.UTC().Format(nameLayout)
	names = slices.DeleteFunc(names, func(n string) bool { return n > limit })
	if len(names) == 0 {
		return Copy{}, ErrNone
	}
	c := Copy{root: root, dir: filepath.Join(root, names[len(names)-1])}
	raw, err := os.ReadFile(filepath.Join(c.dir, manifestName))
	if err != nil {
		return Copy{}, fmt.Errorf("read manifest: %w", err)
	}
	if err := json.Unmarshal(raw, &c.Manifest); err != nil {
		return Copy{}, fmt.Errorf("%w: %s: %w", ErrAltered, manifestName, err)
	}
	switch {
	case c.Format != format:
		return Copy{}, ErrFormat
	case c.Schema > schema:
		return Copy{}, ErrSchema
	}
	for name, want := range map[string]Part{databaseName: c.Database, objectsName: c.List} {
		got, err := measure(filepath.Join(c.dir, name))
		if err != nil {
			return Copy{}, fmt.Errorf("%w: %s: %w", ErrAltered, name, err)
		}
		if got != want {
			return Copy{}, fmt.Errorf("%w: %s has %d bytes, %s", ErrAltered, name, got.Size, got.SHA256)
		}
	}
	return c, nil
}

func measure(path string) (Part, error) {
	f, err := os.Open(path)
	if err != nil {
		return Part{}, fmt.Errorf("open: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return Part{}, fmt.Errorf("read: %w", err)
	}
	return partOf(n, sum), nil
}

func partOf(n int64, sum hash.Hash) Part { return Part{n, hex.EncodeToString(sum.Sum(nil))} }

// objectPath is where a content lies.
func objectPath(root string, h document.Hash) string {
	name := h.String()
	return filepath.Join(root, objectsDir, name[:2], name)
}

// eachObject visits the list of files.
func (c Copy) eachObject(visit func(postgres.Blob) error) error {
	f, err := os.Open(filepath.Join(c.dir, objectsName))
	if err != nil {
		return fmt.Errorf("open the list of files: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		b, err := parseObject(lines.Text())
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrAltered, objectsName, err)
		}
		if err := visit(b); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the list of files: %w", err)
	}
	return nil
}

func formatObject(b postgres.Blob) string {
	return b.Hash.String() + "\t" + strconv.FormatInt(b.Size, 10) + "\t" + b.ObjectKey.String() + "\n"
}

func parseObject(line string) (b postgres.Blob, err error) {
	parts := strings.Split(line, "\t")
	if len(parts) != 3 {
		return b, errors.New("a line has other columns")
	}
	raw, err := hex.DecodeString(parts[0])
	if err != nil || len(raw) != len(b.Hash) {
		return b, errors.New("a line has no hash")
	}
	b.Hash = document.Hash(raw)
	if b.Size, err = strconv.ParseInt(parts[1], 10, 64); err != nil || b.Size < 0 {
		return b, errors.New("a line has no size")
	}
	if b.ObjectKey, err = org.ParseID(parts[2]); err != nil {
		return b, errors.New("a line has no key")
	}
	return b, nil
}

// writeFile writes a file that is either whole or not there.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".part-")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, ignoreMissing(os.Remove(f.Name())))
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
