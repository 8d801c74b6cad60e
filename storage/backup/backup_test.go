package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"congvan/migrations"
	"congvan/server/domain/document"
	"congvan/storage/backup"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quiet(string, int64, int64) {}

// installation is an agency with files that its documents refer to.
type installation struct {
	*storagetest.Database
	cfg    blob.Config
	blobs  *blob.Store
	office storagetest.Office
	hashes []document.Hash
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	in := &installation{Database: storagetest.DB(t), cfg: storagetest.Bucket(t)}
	in.blobs = storagetest.OpenBlobs(t, in.cfg, in.Database)
	in.office = in.Office(t, "H59.01", "UBND xã Long Đức")
	in.store(t, 0)
	in.store(t, 1)
	in.store(t, 300_000)
	return in
}

// store adds a file and an upload that refers to it.
func (in *installation) store(t *testing.T, size int) {
	t.Helper()
	content := make([]byte, size)
	_, _ = rand.Read(content)
	ref, err := in.blobs.Put(t.Context(), bytes.NewReader(content), blob.Hint{Size: int64(size)})
	must(t, err)
	in.hashes = append(in.hashes, ref.Hash)
	_, err = in.Admin(t).Exec(t.Context(), `insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256) values (gen_random_uuid(), $1, $2, $2, 'a.pdf', now(), now() + interval '1 day', $3)`,
		[16]byte(in.office.Clerk.AccountID), size, ref.Hash[:])
	must(t, err)
}

func (in *installation) backup(t *testing.T, root string, at time.Time) backup.Copy {
	t.Helper()
	c, err := backup.Write(t.Context(), backup.Source{Database: in.AdminURL, Blobs: in.blobs, Version: "test", Settings: []byte("A=b\n")}, root, at, quiet)
	must(t, err)
	return c
}

// empty is a place for a backup to go to.
func empty(t *testing.T) backup.Target {
	t.Helper()
	address := storagetest.EmptyDatabase(t)
	store, err := postgres.Open(t.Context(), address, 2)
	must(t, err)
	t.Cleanup(store.Close)
	blobs, err := blob.New(storagetest.Bucket(t), store)
	must(t, err)
	t.Cleanup(blobs.Close)
	return backup.Target{Database: address, Blobs: blobs}
}

func open(t *testing.T, root string, at time.Time) backup.Copy {
	t.Helper()
	newest, err := migrations.Newest()
	must(t, err)
	c, err := backup.Open(root, at, newest)
	must(t, err)
	return c
}

// TestN8_ARestoredInstallationIsTheOneThatWasBackedUp, at the moment that is asked for.
func TestN8_ARestoredInstallationIsTheOneThatWasBackedUp(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	root := filepath.Join(t.TempDir(), "backups")
	morning := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	first := in.backup(t, root, morning)
	if first.Objects != 3 || first.Bytes != 300_001 || len(first.Missing) != 0 {
		t.Errorf("%d files, %d bytes, missing %v", first.Objects, first.Bytes, first.Missing)
	}
	in.store(t, 5000)
	// The accident.
	in.backup(t, root, morning.Add(time.Hour))
	_, err := in.Admin(t).Exec(t.Context(), `delete from upload`)
	must(t, err)
	in.backup(t, root, morning.Add(2*time.Hour))

	before := open(t, root, morning.Add(90*time.Minute))
	if before.Name() != "20261124T020000Z" {
		t.Fatalf("the backup before the accident is %s", before.Name())
	}
	to := empty(t)
	must(t, before.Restore(t.Context(), to, quiet))
	r, err := before.Verify(t.Context(), to, quiet)
	must(t, err)
	if len(r.Wrong) > 0 || r.Objects != 4 || r.Bytes != 305_001 || r.Rows == 0 {
		t.Errorf("%+v", r)
	}
	for _, h := range in.hashes {
		f, err := to.Blobs.Open(t.Context(), h)
		must(t, err)
		must(t, f.Close())
	}
	if err := before.Restore(t.Context(), to, quiet); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("over what is there: %v", err)
	}
	// What was altered afterwards is found and named.
	f, err := os.ReadDir(filepath.Join(root, "20261124T020000Z"))
	must(t, err)
	if len(f) != 4 {
		t.Errorf("the backup has %d files", len(f))
	}
	if _, err := to.Blobs.Put(t.Context(), bytes.NewReader([]byte("one more")), blob.Hint{}); err != nil {
		t.Fatal(err)
	}
	if r, err := before.Verify(t.Context(), to, quiet); err != nil || len(r.Wrong) != 1 {
		t.Errorf("one row more: %+v, %v", r, err)
	}
}

// TestN8_ADamagedFileStopsNothingElse: it is named, and the rest is restored.
func TestN8_ADamagedFileStopsNothingElse(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	_, err := in.Admin(t).Exec(t.Context(), `update blob set object_key = gen_random_uuid() where size = 1`)
	must(t, err)
	root := t.TempDir()
	c := in.backup(t, root, time.Now())
	if len(c.Missing) != 1 || c.Missing[0] != in.hashes[1].String() {
		t.Fatalf("missing %v", c.Missing)
	}
	to := empty(t)
	c = open(t, root, time.Now())
	must(t, c.Restore(t.Context(), to, quiet))
	if r, err := c.Verify(t.Context(), to, quiet); err != nil || len(r.Wrong) != 0 || r.Objects != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestN8_ABackupThatIsNotWhatWasWrittenIsRefused before anything is touched.
func TestN8_ABackupThatIsNotWhatWasWrittenIsRefused(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	newest, err := migrations.Newest()
	must(t, err)
	now := time.Now()
	object := func(root string) string {
		h := in.hashes[2].String()
		return filepath.Join(root, "objects", h[:2], h)
	}
	for name, one := range map[string]struct {
		spoil  func(t *testing.T, root, dir string)
		schema int64
		want   error
	}{
		"cut off": {func(t *testing.T, _, dir string) { must(t, os.Truncate(filepath.Join(dir, "database.dump"), 100)) }, newest, backup.ErrAltered},
		"a byte changed": {func(t *testing.T, _, dir string) {
			raw, err := os.ReadFile(filepath.Join(dir, "objects.tsv"))
			must(t, err)
			raw[3] ^= 1
			must(t, os.WriteFile(filepath.Join(dir, "objects.tsv"), raw, 0o600))
		}, newest, backup.ErrAltered},
		"a file gone":    {func(t *testing.T, root, _ string) { must(t, os.Remove(object(root))) }, newest, backup.ErrAltered},
		"a file cut off": {func(t *testing.T, root, _ string) { must(t, os.Truncate(object(root), 7)) }, newest, backup.ErrAltered},
		"no manifest":    {func(t *testing.T, _, dir string) { must(t, os.Remove(filepath.Join(dir, "manifest.json"))) }, newest, backup.ErrNone},
		"rubbish": {func(t *testing.T, _, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o600))
		}, newest, backup.ErrAltered},
		"of a later one": {func(*testing.T, string, string) {}, newest - 1, backup.ErrSchema},
		"another format": {func(t *testing.T, _, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"format":2}`), 0o600))
		}, newest, backup.ErrFormat},
		"a changed object": {func(t *testing.T, root, _ string) { must(t, os.WriteFile(object(root), make([]byte, 300_000), 0o600)) }, newest, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			c := in.backup(t, root, now)
			one.spoil(t, root, filepath.Join(root, c.Name()))
			to := empty(t)
			c, err := backup.Open(root, now, one.schema)
			if err == nil {
				err = c.Restore(t.Context(), to, quiet)
			}
			if err == nil || one.want != nil && !errors.Is(err, one.want) {
				t.Errorf("%v", err)
			}
			if vacant, _, err := postgres.Vacant(t.Context(), to.Database); err != nil || !vacant {
				t.Errorf("the database was touched: %v", err)
			}
		})
	}
}

// TestN8_ACutRestoreGoesOn: files come first, so that the second try finds an
// empty database and most of them there.
func TestN8_ACutRestoreGoesOn(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	root := t.TempDir()
	in.backup(t, root, time.Now())
	c := open(t, root, time.Now())
	to := empty(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Restore(ctx, to, func(step string, done, _ int64) {
		if step == "files" && done == 2 {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("a restore that was cut off says that it is done")
	}
	must(t, c.Restore(t.Context(), to, quiet))
	if r, err := c.Verify(t.Context(), to, quiet); err != nil || len(r.Wrong) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
