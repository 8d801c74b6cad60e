package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"
	"time"

	"github.com/minio/minio-go/v7"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/storage/blob"
	"congvan/storage/storagetest"
)

// TestFileReadsAsTheBytesDo walks a stored content and the same bytes in memory with the
// same steps.
func TestFileReadsAsTheBytesDo(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var contents [][]byte
	var refs []blob.Ref
	for _, size := range []int{0, 1, 1000, 300_000, 3 << 20} {
		content := random(size)
		contents, refs = append(contents, content), append(refs, r.put(t, content))
	}
	rapid.Check(t, func(rt *rapid.T) {
		i := rapid.IntRange(0, len(contents)-1).Draw(rt, "content")
		f, err := r.Open(t.Context(), refs[i].Hash)
		if err != nil {
			rt.Fatal(err)
		}
		defer f.Close()
		want := bytes.NewReader(contents[i])
		size := int64(len(contents[i]))
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "seek") {
				whence := rapid.IntRange(0, 2).Draw(rt, "whence")
				offset := rapid.Int64Range(-size-2, size+2).Draw(rt, "offset")
				a, errA := f.Seek(offset, whence)
				b, errB := want.Seek(offset, whence)
				if a != b || (errA == nil) != (errB == nil) {
					rt.Fatalf("seek %d from %d: %d %v, want %d %v", offset, whence, a, errA, b, errB)
				}
				continue
			}
			if rapid.Bool().Draw(rt, "expect") {
				f.Expect(rapid.Int64Range(0, size+2).Draw(rt, "expected"))
			}
			n := rapid.IntRange(0, 700_000).Draw(rt, "n")
			got, wanted := make([]byte, n), make([]byte, n)
			a, errA := io.ReadFull(f, got)
			b, errB := io.ReadFull(want, wanted)
			if a != b || errA != errB || !bytes.Equal(got[:a], wanted[:b]) { //nolint:errorlint // a reader ends with io.EOF itself, never with one inside
				rt.Fatalf("read %d: %d %v, want %d %v", n, a, errA, b, errB)
			}
		}
	})
}

func TestFileKeepsTheRulesOfAReader(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(200_000)
	f, err := r.Open(t.Context(), r.put(t, content).Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := iotest.TestReader(f, content); err != nil {
		t.Error(err)
	}
}

// TestRangeDoesNotFetchTheWhole counts what crosses the line to the store.
func TestRangeDoesNotFetchTheWhole(t *testing.T) {
	t.Parallel()
	cfg := storagetest.Bucket(t)
	l := newLine(t, cfg.Endpoint)
	direct := cfg
	cfg.Endpoint = l.address()
	r := roomAt(t, cfg)
	r.cfg = direct
	const size = 64 << 20
	ref, err := r.Put(t.Context(), &pattern{left: size, seed: 7}, blob.Hint{Size: size})
	if err != nil {
		t.Fatal(err)
	}
	before := l.received.Load()
	f, err := r.Open(t.Context(), ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Expect(1000)
	if _, err := io.ReadFull(f, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if fetched := l.received.Load() - before; fetched > 4<<10 {
		t.Errorf("expecting 1000 bytes fetched %d", fetched)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		f, err := r.Open(req.Context(), ref.Hash)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", ref.MediaType)
		http.ServeContent(w, req, "", time.Time{}, f)
	})
	all := make([]byte, size)
	if _, err := io.ReadFull(&pattern{left: size, seed: 7}, all); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		header   string
		from, to int // of the answer
		most     int64
	}{
		{"bytes=50000000-50000999", 50_000_000, 50_001_000, 300 << 10},
		{"bytes=-1000", size - 1000, size, 300 << 10},
		{"bytes=10000000-19999999", 10_000_000, 20_000_000, 22 << 20},
		{"bytes=0-999", 0, 1000, 16 << 20}, // what the sockets between take before the answer is dropped
	} {
		before := l.received.Load()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		req.Header.Set("Range", c.header)
		answer := httptest.NewRecorder()
		handler(answer, req)
		if !bytes.Equal(answer.Body.Bytes(), all[c.from:c.to]) {
			t.Errorf("%s: %d other bytes", c.header, answer.Body.Len())
		}
		if fetched := l.received.Load() - before; fetched > c.most {
			t.Errorf("%s: %d KiB were fetched", c.header, fetched>>10)
		}
	}
}

func TestUnknownHashIsMissing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	if _, err := r.Open(t.Context(), hashOf([]byte("never stored"))); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := r.Verify(t.Context(), hashOf([]byte("never stored"))); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// spoil changes what the bucket holds behind the store's back.
func (r *room) spoil(t *testing.T, h document.Hash, with []byte) {
	t.Helper()
	b, err := r.db.Blob(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	name := b.ObjectKey.String()[:5] + "/" + b.ObjectKey.String()
	if with == nil {
		err = r.client.RemoveObject(t.Context(), r.cfg.Bucket, name, minio.RemoveObjectOptions{})
	} else {
		_, err = r.client.PutObject(t.Context(), r.cfg.Bucket, name, bytes.NewReader(with), int64(len(with)), minio.PutObjectOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadingThroughFindsDamageAndTheSameBytesHealIt(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	const size = 300_000
	content := random(size)
	flipped := bytes.Clone(content)
	flipped[77_777] ^= 1
	for name, bad := range map[string][]byte{"flipped": flipped, "shorter": content[:size-1], "longer": append(content[:size:size], 0), "gone": nil} {
		ref := r.put(t, content)
		r.spoil(t, ref.Hash, bad)
		f, err := r.Open(t.Context(), ref.Hash)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// As an answer over HTTP is written: by count, never up to the end of the file.
		if n, err := io.CopyN(io.Discard, f, size); !errors.Is(err, blob.ErrDamaged) || n >= size {
			t.Errorf("%s: %d bytes were given: %v", name, n, err)
		}
		if n, err := f.Read(make([]byte, 1)); n > 0 || !errors.Is(err, blob.ErrDamaged) {
			t.Errorf("%s: it goes on after the failure: %d %v", name, n, err)
		}
		_ = f.Close()
		if _, err := r.Open(t.Context(), ref.Hash); !errors.Is(err, blob.ErrDamaged) {
			t.Errorf("%s: opened again: %v", name, err)
		}
		if again := r.put(t, content); again != ref {
			t.Errorf("%s: the answer shows it: %+v", name, again)
		}
		if got := r.read(t, ref.Hash); !bytes.Equal(got, content) {
			t.Errorf("%s: not healed", name)
		}
	}
}

func TestResumableUploadHealsADamagedContent(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(5000)
	ref := r.put(t, content)
	r.spoil(t, ref.Hash, nil)
	f, err := r.Open(t.Context(), ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f); !errors.Is(err, blob.ErrDamaged) {
		t.Fatal(err)
	}
	_ = f.Close()
	u := r.upload(t, int64(len(content)))
	if _, err := r.Append(t.Context(), u.ID, 0, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Finish(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	if got := r.read(t, ref.Hash); !bytes.Equal(got, content) {
		t.Error("not healed")
	}
}

// TestJumpsAreNotHashed keeps a part from being held to the hash of the whole,
// and a reader that comes back to the beginning from losing the guard.
func TestJumpsAreNotHashed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(5000)
	ref := r.put(t, content)
	flipped := bytes.Clone(content)
	flipped[10] ^= 1
	r.spoil(t, ref.Hash, flipped)
	f, err := r.Open(t.Context(), ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.ReadFull(f, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(1000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content[1000:]) {
		t.Errorf("the sound rest: %v", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	f.Expect(int64(len(content)))
	if _, err := io.ReadAll(f); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("from the beginning again: %v", err)
	}
}

func TestDamagedObjectIsNeverServedAndHealsByTheSameBytes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(100_000)
	flipped := bytes.Clone(content)
	flipped[77_777] ^= 1
	for name, bad := range map[string][]byte{"flipped": flipped, "shorter": content[:99_999], "longer": append(content[:100_000:100_000], 0), "gone": nil} {
		ref := r.put(t, content)
		if err := r.Verify(t.Context(), ref.Hash); err != nil {
			t.Fatalf("%s: sound before: %v", name, err)
		}
		r.spoil(t, ref.Hash, bad)
		if name != "flipped" { // a length that differs shows without reading it all
			f, err := r.Open(t.Context(), ref.Hash)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(f); !errors.Is(err, blob.ErrDamaged) {
				t.Errorf("%s: read all the same: %v", name, err)
			}
			_ = f.Close()
		}
		if f, err := r.OpenVerified(t.Context(), ref.Hash); !errors.Is(err, blob.ErrDamaged) || f != nil {
			t.Errorf("%s: opened verified: %v", name, err)
		}
		if _, err := r.Open(t.Context(), ref.Hash); !errors.Is(err, blob.ErrDamaged) || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: opened after the mark: %v", name, err)
		}
		if again := r.put(t, content); again != ref {
			t.Errorf("%s: the answer shows it: %+v", name, again)
		}
		if err := r.Verify(t.Context(), ref.Hash); err != nil {
			t.Errorf("%s: not healed: %v", name, err)
		}
		f, err := r.OpenVerified(t.Context(), ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: not healed: %v", name, err)
		}
		_ = f.Close()
	}
}

func TestVerifyOldestFindsTheDamagedOne(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var refs []blob.Ref
	for range 5 {
		refs = append(refs, r.put(t, random(2000)))
	}
	r.spoil(t, refs[3].Hash, random(2000))
	soon := time.Now().Add(time.Hour)
	checked, damaged, err := r.VerifyOldest(t.Context(), soon, blob.Round{Objects: 4})
	if err != nil || checked != 4 || len(damaged) != 1 || damaged[0] != refs[3].Hash {
		t.Errorf("%d checked, damaged %v: %v", checked, damaged, err)
	}
	last := time.Now()
	checked, damaged, err = r.VerifyOldest(t.Context(), last, blob.Round{Objects: 10})
	if err != nil || checked != 5 || len(damaged) != 1 {
		t.Errorf("%d checked, damaged %v: %v", checked, damaged, err)
	}
	if checked, _, err = r.VerifyOldest(t.Context(), last, blob.Round{Objects: 10}); err != nil || checked != 0 {
		t.Errorf("%d were read again: %v", checked, err)
	}
}

func TestVerifyOldestEndsItsRoundByBytes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.put(t, random(2000))
	for range 3 {
		r.put(t, random(2000))
	}
	r.exec(t, `update blob set checked_at = created_at - interval '1 day' where sha256 = $1`, first.Hash[:])
	r.spoil(t, first.Hash, nil)
	checked, damaged, err := r.VerifyOldest(t.Context(), time.Now().Add(time.Hour), blob.Round{Objects: 10, Bytes: 3000})
	if err != nil || checked != 2 || len(damaged) != 1 || damaged[0] != first.Hash {
		t.Errorf("%d checked, damaged %v: %v", checked, damaged, err)
	}
	if n, err := r.Damaged(t.Context()); err != nil || n != 1 {
		t.Errorf("%d are marked: %v", n, err)
	}
}

func TestStoreGoneInTheMiddleIsUnavailableAndWorksAgain(t *testing.T) {
	t.Parallel()
	own := storagetest.OwnObjectStore(t)
	cfg := own.Config("files")
	cfg.Patience = 5 * time.Second
	r := roomAt(t, cfg)
	content := random(48 << 20) // more than the sockets between hold
	kept := r.put(t, content)
	f, err := r.Open(t.Context(), kept.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(f, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}

	const size = 64 << 20
	source := &pattern{left: size, seed: 3}
	for _, hint := range []blob.Hint{{Size: size}, {}} {
		var read int64
		dying := reader(func(p []byte) (int, error) {
			if read > 8<<20 {
				own.Stop() // a second time does nothing
			}
			n, err := source.Read(p)
			read += int64(n)
			return n, err
		})
		if _, err := r.Put(t.Context(), dying, hint); !errors.Is(err, blob.ErrUnavailable) || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("put: %v", err)
		}
	}
	if err := r.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if _, err := io.ReadAll(f); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("read: %v", err)
	}
	if err := r.Verify(t.Context(), kept.Hash); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("verify: %v", err)
	}
	if _, err := r.Sweep(t.Context(), time.Now(), 0); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("sweep: %v", err)
	}
	if n := r.count(t, "blob where damaged_at is not null"); n > 0 {
		t.Error("a store that is gone was taken for damage")
	}

	own.Start()
	if err := r.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	if got := r.read(t, kept.Hash); !bytes.Equal(got, content) {
		t.Error("other bytes came back")
	}
	r.put(t, random(2<<20))
}

func TestStoreThatHangsIsUnavailableInTime(t *testing.T) {
	t.Parallel()
	cfg := storagetest.Bucket(t)
	l := newLine(t, cfg.Endpoint)
	cfg.Endpoint, cfg.Patience = l.address(), time.Second
	r := roomAt(t, cfg)
	content := random(8 << 20)
	ref := r.put(t, content)
	f, err := r.Open(t.Context(), ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.ReadFull(f, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	l.hold(true)
	for name, try := range map[string]func(context.Context) error{
		"put": func(ctx context.Context) error {
			_, err := r.Put(ctx, bytes.NewReader(random(8<<20)), blob.Hint{Size: 8 << 20})
			return err
		},
		"parts": func(ctx context.Context) error {
			_, err := r.Put(ctx, bytes.NewReader(random(8<<20)), blob.Hint{})
			return err
		},
		"small": func(ctx context.Context) error {
			_, err := r.Put(ctx, bytes.NewReader(random(80)), blob.Hint{})
			return err
		},
		"read":   func(context.Context) error { _, err := io.ReadAll(f); return err },
		"verify": func(ctx context.Context) error { return r.Verify(ctx, ref.Hash) },
		"ping":   r.Ping,
		"sweep":  func(ctx context.Context) error { _, err := r.Sweep(ctx, time.Now(), 0); return err },
		"bucket": r.EnsureBucket,
	} {
		began := time.Now()
		if err := try(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	l.hold(false)
	if got := r.read(t, ref.Hash); !bytes.Equal(got, content) {
		t.Error("it does not work again")
	}
}
