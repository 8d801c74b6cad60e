package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/domain/fault"
	"congvan/storage/blob"
	"congvan/storage/storagetest"
)

func TestBlobSameBytesStoredOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := []byte("%PDF-1.7\n" + strings.Repeat("văn bản ", 10_000))
	refs := make([]blob.Ref, 12)
	var wg sync.WaitGroup
	for i := range refs {
		wg.Go(func() {
			var err error
			hint := blob.Hint{Size: int64(len(content))}
			if i%2 == 1 {
				hint.Size = 0
			}
			if refs[i], err = r.Put(t.Context(), stream{bytes.NewReader(content)}, hint); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want := blob.Ref{Hash: hashOf(content), Size: int64(len(content)), MediaType: "application/pdf"}
	for _, ref := range refs {
		if ref != want {
			t.Errorf("an answer differs: %+v", ref)
		}
	}
	if n := r.count(t, "blob"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if names := r.objects(t); len(names) != 1 {
		t.Errorf("%d objects: %v", len(names), names)
	}
	if !bytes.Equal(r.read(t, want.Hash), content) {
		t.Error("other bytes came back")
	}
}

func TestPutTakesEverySize(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, size := range []int{0, 1, 3071, 3072, 1<<20 - 1, 1 << 20, 1<<20 + 1, 5 << 20, 5<<20 + 1, 13<<20 + 7} {
		for _, known := range []bool{true, false} {
			content := random(size)
			var hint blob.Hint
			if known {
				hint.Size = int64(size)
			}
			ref, err := r.Put(t.Context(), stream{bytes.NewReader(content)}, hint)
			if err != nil {
				t.Fatalf("%d bytes, known %v: %v", size, known, err)
			}
			if ref.Hash != hashOf(content) || ref.Size != int64(size) {
				t.Errorf("%d bytes, known %v: %+v", size, known, ref)
			}
			if !bytes.Equal(r.read(t, ref.Hash), content) {
				t.Errorf("%d bytes, known %v: other bytes came back", size, known)
			}
		}
	}
	if n := r.parts(t); n > 0 {
		t.Errorf("%d unfinished uploads are left", n)
	}
}

func TestPutThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	torn := errors.New("the line broke")
	const small, large = 100 << 10, 12 << 20
	for name, c := range map[string]struct {
		r    io.Reader
		hint blob.Hint
		want error
	}{
		"announced too large":      {bytes.NewReader(random(small)), blob.Hint{Size: small, MaxSize: small - 1}, blob.ErrTooLarge},
		"too large, small":         {bytes.NewReader(random(small)), blob.Hint{MaxSize: small - 1}, blob.ErrTooLarge},
		"too large, in parts":      {bytes.NewReader(random(large)), blob.Hint{MaxSize: large - 1}, blob.ErrTooLarge},
		"shorter than announced":   {bytes.NewReader(random(small)), blob.Hint{Size: small + 1}, blob.ErrTruncated},
		"longer than announced":    {stream{bytes.NewReader(random(small))}, blob.Hint{Size: small - 1}, blob.ErrTruncated},
		"broken, announced":        {broken(random(small), torn), blob.Hint{Size: large}, torn},
		"broken, small":            {broken(random(small), torn), blob.Hint{}, torn},
		"broken, in parts":         {broken(random(large), torn), blob.Hint{}, torn},
		"cut off, announced":       {broken(random(small), io.ErrUnexpectedEOF), blob.Hint{Size: large}, io.ErrUnexpectedEOF},
		"cut off, small":           {broken(random(small), io.ErrUnexpectedEOF), blob.Hint{}, io.ErrUnexpectedEOF},
		"cut off, in parts":        {broken(random(large), io.ErrUnexpectedEOF), blob.Hint{}, io.ErrUnexpectedEOF},
		"cut off at the very end":  {broken(random(small), torn), blob.Hint{Size: small}, torn},
		"a fault of the one above": {broken(random(small), fault.Missing()), blob.Hint{}, fault.Missing()},
	} {
		if ref, err := r.Put(t.Context(), c.r, c.hint); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v %v", name, ref, err)
		}
	}
	r.empty(t)
}

func TestPutGivenUpByTheCallerLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ctx, cancel := context.WithCancel(t.Context())
	half := stream{io.MultiReader(bytes.NewReader(random(7<<20)), reader(func([]byte) (int, error) {
		cancel()
		return 0, context.Canceled
	}))}
	_, err := r.Put(ctx, half, blob.Hint{})
	if !errors.Is(err, context.Canceled) || errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("the store is blamed: %v", err)
	}
	r.empty(t)
}

type reader func([]byte) (int, error)

func (f reader) Read(p []byte) (int, error) { return f(p) }

// TestPutIsPatientWithTheSender: only the store's own time is limited.
func TestPutIsPatientWithTheSender(t *testing.T) {
	t.Parallel()
	cfg := storagetest.Bucket(t)
	cfg.Patience = 400 * time.Millisecond
	r := roomAt(t, cfg)
	content := random(300_000)
	for _, hint := range []blob.Hint{{}, {Size: int64(len(content))}} {
		rest := bytes.NewReader(content)
		slow := reader(func(p []byte) (int, error) {
			<-time.After(250 * time.Millisecond)
			return rest.Read(p[:min(len(p), 60_000)])
		})
		ref, err := r.Put(t.Context(), slow, hint)
		if err != nil || ref.Hash != hashOf(content) {
			t.Errorf("%+v: %v", hint, err)
		}
	}
}

// TestBlobMemoryStaysFlat streams 256 MiB up and down, with its length known
// and unknown, and counts everything that is ever allocated.
func TestBlobMemoryStaysFlat(t *testing.T) {
	r := newRoom(t) // not parallel: it counts the whole program's memory
	const size = 256 << 20
	for _, hint := range []blob.Hint{{Size: size}, {}} {
		before := allocated()
		ref, err := r.Put(t.Context(), &pattern{left: size, seed: uint64(hint.Size) + 1}, hint)
		if err != nil {
			t.Fatal(err)
		}
		up := allocated() - before
		f, err := r.Open(t.Context(), ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, f)
		if err != nil || n != size {
			t.Fatalf("%d bytes came back: %v", n, err)
		}
		_ = f.Close()
		down := allocated() - before - up
		if up > 24<<20 || down > 4<<20 {
			t.Errorf("known %v: %d KiB were allocated up, %d KiB down", hint.Size > 0, up>>10, down>>10)
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// pattern gives bytes that are cheap to make and do not repeat.
type pattern struct {
	left int64
	seed uint64
}

func (p *pattern) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), p.left))
	for i := 0; i < n; i += 8 {
		p.seed = p.seed*6364136223846793005 + 1442695040888963407
		for j := i; j < min(i+8, n); j++ {
			b[j] = byte(p.seed >> (8 * (j - i)))
		}
	}
	p.left -= int64(n)
	return n, nil
}

func TestMediaTypeIsFoundInTheBytes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for content, want := range map[string]string{
		"%PDF-1.4\n%âãÏÓ":                      "application/pdf",
		"PK\x03\x04":                           "application/zip",
		"<html><script>alert(1)</script>":      "text/html; charset=utf-8",
		"Kính gửi: Ủy ban nhân dân":            "text/plain; charset=utf-8",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":     "application/x-ole-storage",
		"":                                     "text/plain",
		fmt.Sprintf("%s%s", "\x7fELF", "\x02"): "application/x-elf",
	} {
		if got := r.put(t, []byte(content)).MediaType; got != want {
			t.Errorf("%q is %s, not %s", content, got, want)
		}
	}
}
