package channeltest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// content is the bytes of a file, made when they are read.
type content struct {
	name string
	size int64
	seed byte
}

func sized(name string, size int64) content { return content{name, size, randomByte()} }

func randomByte() byte {
	var b [1]byte
	rand.Read(b[:])
	return b[0]
}

// pattern gives bytes that differ from place to place, dots at the begin of
// lines among them.
type pattern struct {
	content
	at int64
}

func (p *pattern) Read(b []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), p.size-p.at))
	for i := range n {
		at := p.at + int64(i)
		b[i] = byte(at) ^ byte(at>>8) ^ byte(at>>16) ^ p.seed
	}
	p.at += int64(n)
	return n, nil
}

// store holds the files of a message by their hash.
type store map[document.Hash]content

func (s store) open(_ context.Context, f exchange.FileRef) (io.ReadCloser, error) {
	return io.NopCloser(&pattern{content: s[f.Hash]}), nil
}

// message makes a message of the files; the first is the package too.
func (s Side) message(files ...content) (exchange.Envelope, store) {
	id := newID()
	e := exchange.Envelope{ID: id, AgencyID: s.From.AgencyID, DocumentID: newID(), DeliveryID: id, Content: exchange.DocumentContent, Act: exchange.ActNew,
		From: s.From, To: s.To, Symbol: "05/CT-UBND", Subject: "Về việc đẩy mạnh cải cách hành chính trên địa bàn tỉnh", CreatedAt: time.Now().Truncate(time.Second)}
	kept := store{}
	for _, c := range files {
		sum := sha256.New()
		_, _ = io.Copy(sum, &pattern{content: c}) // neither fails
		h := document.Hash(sum.Sum(nil))
		kept[h] = c
		e.Files = append(e.Files, exchange.FileRef{Hash: h, Size: c.size, Name: c.name, MediaType: "application/octet-stream"})
	}
	return e, kept
}

// newID makes an identifier that sorts by time, as messages have.
func newID() (id org.ID) {
	rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id
}

func (s Side) ids() []string {
	var ids []string
	for _, taken := range s.Taken() {
		ids = append(ids, taken.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// same tells whether the other side took just these bytes.
func same(e exchange.Envelope, taken Taken) bool {
	return slices.EqualFunc(e.Files, taken.Files, func(f exchange.FileRef, got File) bool { return f.Hash == got.Hash })
}

// holds asks that the other side has the message and no other, once by its id,
// whole each time.
func (s Side) holds(t *testing.T, e exchange.Envelope) {
	t.Helper()
	if ids := s.ids(); len(ids) != 1 {
		t.Errorf("%d messages, want one: %q", len(ids), ids)
	}
	for _, taken := range s.Taken() {
		if !same(e, taken) {
			t.Errorf("other bytes arrived: %+v", taken)
		}
	}
}

func (s Side) nothing(t *testing.T) {
	t.Helper()
	if got := s.Taken(); len(got) > 0 {
		t.Errorf("the other side took %+v", got)
	}
}

// recovers asks that the message gets through, once, when the other side is well again.
func (s Side) recovers(t *testing.T, e exchange.Envelope, files store) {
	t.Helper()
	s.Behave(Well)
	if _, err := s.send(t, e, files.open); err != nil {
		t.Fatal(err)
	}
	s.holds(t, e)
}

// broken is a file that ends otherwise than it should.
type broken struct {
	io.ReadCloser
	left int
	end  error
}

func (b *broken) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, b.end
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// flatBytes is how much memory a message of any size may need.
const flatBytes = 16 << 20

// Flat holds a channel to sending a message of so many bytes in flat memory.
// The other side must be as frugal. The test must not run beside others.
func Flat(t *testing.T, s Side, size int64) {
	t.Helper()
	e, files := s.message(sized("phụ lục lớn.zip", size))
	runtime.GC()
	before := heap()
	var most atomic.Uint64
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				most.Store(max(most.Load(), heap()))
			}
		}
	}()
	_, err := s.send(t, e, files.open)
	close(done)
	<-watched
	if err != nil {
		t.Fatal(err)
	}
	s.holds(t, e)
	grown := int64(math.Max(0, float64(most.Load())-float64(before)))
	t.Logf("%d MiB sent, the heap grew by %d KiB", size>>20, grown>>10)
	if grown > flatBytes {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
