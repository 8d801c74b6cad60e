package blob_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"

	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

const day = 24 * time.Hour

func (r *room) sweep(t *testing.T, now time.Time, window time.Duration) blob.Swept {
	t.Helper()
	done, err := r.Sweep(t.Context(), now, window)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestSweepTakesWhatNothingHasReferredToForTheWholeWindow(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	now := time.Now()
	free, used := r.put(t, random(1000)), r.put(t, random(1000))
	holder := r.refer(t, used.Hash)
	r.exec(t, `update upload set expires_at = '2999-01-01'`)
	for at, want := range []int{0: 0, 29: 0, 30: 1, 31: 0} {
		if at > 0 && at < 29 {
			continue
		}
		if done := r.sweep(t, now.Add(time.Duration(at)*day), 30*day); done.Blobs != want || done.Orphans != 0 {
			t.Errorf("day %d: %+v", at, done)
		}
	}
	if _, err := r.Open(t.Context(), free.Hash); err == nil {
		t.Error("the unreferenced one is still there")
	}
	r.read(t, used.Hash)
	if n := len(r.objects(t)); n != 1 {
		t.Errorf("%d objects", n)
	}

	// The window begins when the last reference goes, not when the file came.
	r.exec(t, `delete from upload where id = $1`, holder.String())
	for _, at := range []int{100, 129} { // in this order: the first look begins the window
		if done := r.sweep(t, now.Add(time.Duration(at)*day), 30*day); done.Blobs != 0 {
			t.Errorf("day %d: %+v", at, done)
		}
	}
	if done := r.sweep(t, now.Add(131*day), 30*day); done.Blobs != 1 || done.Bytes != 1000 {
		t.Errorf("%+v", done)
	}
	r.empty(t)
}

func TestSweepSparesWhatIsUploadedOrReferredToAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	now := time.Now()
	contents := [][]byte{random(1000), random(2000), random(3000)}
	for _, c := range contents {
		r.put(t, c)
	}
	r.sweep(t, now, 30*day)
	r.put(t, contents[0])
	r.refer(t, hashOf(contents[1]))
	r.exec(t, `update upload set expires_at = '2999-01-01'`)
	if done := r.sweep(t, now.Add(31*day), 30*day); done.Blobs != 1 {
		t.Errorf("%+v", done)
	}
	r.read(t, hashOf(contents[0]))
	r.read(t, hashOf(contents[1]))
}

// TestSweepAsksTheSchemaWhatRefersToABlob adds a table that nobody thought of.
func TestSweepAsksTheSchemaWhatRefersToABlob(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.exec(t, `create table "odd name" ("the hash" bytea references blob (sha256))`)
	r.exec(t, `grant select on "odd name" to congvan_app`)
	ref := r.put(t, random(1000))
	r.exec(t, `insert into "odd name" values ($1)`, ref.Hash[:])
	now := time.Now()
	r.sweep(t, now, day)
	r.sweep(t, now.Add(3*day), day)
	r.read(t, ref.Hash)
}

func TestSweepTakesObjectsWithoutARecord(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	put := func(key org.ID) string {
		name := key.String()[:5] + "/" + key.String()
		if _, err := r.client.PutObject(t.Context(), r.cfg.Bucket, name, bytes.NewReader([]byte("x")), 1, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for range 3 {
		put(postgres.NewID())
	}
	if _, err := r.client.PutObject(t.Context(), r.cfg.Bucket, "01a20/somebody-else's", bytes.NewReader([]byte("x")), 1, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	kept := r.put(t, random(1000))
	r.refer(t, kept.Hash)
	r.exec(t, `update upload set expires_at = '2999-01-01'`)
	open := r.upload(t, 100)
	r.exec(t, `update upload set expires_at = '2999-01-01'`)
	if _, err := r.Append(t.Context(), open.ID, 0, bytes.NewReader(random(50))); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if done := r.sweep(t, now.Add(6*day), 7*day); done.Orphans != 0 {
		t.Errorf("too early: %+v", done)
	}
	if done := r.sweep(t, now.Add(8*day), 7*day); done.Orphans != 3 {
		t.Errorf("%+v", done)
	}
	if n := len(r.objects(t)); n != 3 {
		t.Errorf("%d objects are left: %v", n, r.objects(t))
	}
	r.read(t, kept.Hash)

	// However short a window is asked for, an upload under way is not taken.
	put(org.ID(uuid.Must(uuid.NewV7())))
	if done := r.sweep(t, now.Add(23*time.Hour), 0); done.Orphans != 0 {
		t.Errorf("%+v", done)
	}
}

func TestSweepTakesExpiredUploads(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	late, open := r.upload(t, 1000), r.upload(t, 1000)
	r.exec(t, `update upload set expires_at = '2999-01-01' where id = $1`, open.ID.String())
	for _, u := range []postgres.Upload{late, open} {
		if _, err := r.Append(t.Context(), u.ID, 0, bytes.NewReader(random(400))); err != nil {
			t.Fatal(err)
		}
	}
	if done := r.sweep(t, time.Now().Add(2*time.Hour), day); done.Uploads != 1 {
		t.Errorf("%+v", done)
	}
	if n := len(r.objects(t)); n != 1 {
		t.Errorf("%d objects", n)
	}
	if _, err := r.Append(t.Context(), late.ID, 400, bytes.NewReader(random(600))); err == nil {
		t.Error("an expired upload goes on")
	}
}

// TestSweepAndUploadOfTheSameBytes lets both run as fast as they can, with no
// window at all: whoever was told that the content is stored and could refer to
// it must find it.
func TestSweepAndUploadOfTheSameBytes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(500)
	end := time.Now().Add(4 * time.Second)
	done := make(chan struct{})
	var swept, held, refused int
	var sweeper, uploaders sync.WaitGroup
	for range 2 {
		sweeper.Go(func() {
			for now := time.Now(); ; now = now.Add(time.Second) {
				select {
				case <-done:
					return
				default:
				}
				got, err := r.SweepBlobs(t.Context(), now, 0)
				if err != nil {
					t.Error(err)
					return
				}
				r.lock.Lock()
				swept += got.Blobs
				r.lock.Unlock()
			}
		})
	}
	for range 4 {
		uploaders.Go(func() {
			u := r.upload(t, 0)
			for time.Now().Before(end) && !t.Failed() {
				ref, err := r.Put(t.Context(), bytes.NewReader(content), blob.Hint{Size: 500})
				if err != nil {
					t.Error(err)
					return
				}
				_, err = r.admin.Exec(t.Context(), `update upload set sha256 = $2 where id = $1`, u.ID.String(), ref.Hash[:])
				if err != nil {
					r.lock.Lock()
					refused++ // swept before anything referred to it: with a real window nobody is so late
					r.lock.Unlock()
					continue
				}
				if !bytes.Equal(r.read(t, ref.Hash), content) {
					t.Error("other bytes came back")
				}
				r.lock.Lock()
				held++
				r.lock.Unlock()
				r.exec(t, `update upload set sha256 = null where id = $1`, u.ID.String())
			}
		})
	}
	uploaders.Wait()
	close(done)
	sweeper.Wait()
	t.Logf("%d held, %d refused, %d swept", held, refused, swept)
	if held == 0 || swept == 0 {
		t.Errorf("they never met: %d held, %d swept", held, swept)
	}
	if objects, rows := len(r.objects(t)), r.count(t, "blob"); objects != rows {
		t.Errorf("%d objects for %d rows", objects, rows)
	}
}

// TestUploadAfterARestoreDoesNotBelieveAMarkedRecord: a backup brings back the row
// of a content that was swept since.
func TestUploadAfterARestoreDoesNotBelieveAMarkedRecord(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(1000)
	ref := r.put(t, content)
	r.sweep(t, time.Now(), 30*day) // it is marked, and then backed up
	r.spoil(t, ref.Hash, nil)      // what a sweep did after the backup
	if again := r.put(t, content); again != ref {
		t.Errorf("the answer shows it: %+v", again)
	}
	if got := r.read(t, ref.Hash); !bytes.Equal(got, content) {
		t.Error("other bytes came back")
	}
	if err := r.Verify(t.Context(), ref.Hash); err != nil {
		t.Error(err)
	}
}

func TestBucketIsMadeOnce(t *testing.T) {
	t.Parallel()
	cfg := storagetest.Bucket(t)
	db := storagetest.DB(t)
	store, err := blob.New(cfg, db.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("without a bucket: %v", err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := store.EnsureBucket(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := store.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
