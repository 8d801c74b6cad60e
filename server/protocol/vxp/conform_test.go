package vxp

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/channeltest"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

const sideLimit = 2 << 20

// moody is another side that can be made to fail.
type moody struct {
	*axis
	mood atomic.Value
}

func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch m.mood.Load().(channeltest.Mood) {
	case channeltest.Busy:
		m.wire.Refuse(w, r, exchange.ErrOverloaded)
	case channeltest.Refusing:
		m.wire.Refuse(w, r, exchange.ErrRecipientClosed)
	case channeltest.LosingAsked:
		panic(http.ErrAbortHandler)
	case channeltest.LosingTold:
		m.axis.ServeHTTP(&deaf{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	default:
		m.axis.ServeHTTP(w, r)
	}
}

// deaf is an answer that nobody hears.
type deaf struct{ header http.Header }

func (d *deaf) Header() http.Header         { return d.header }
func (d *deaf) Write(b []byte) (int, error) { return len(b), nil }
func (d *deaf) WriteHeader(int)             {}

// spool keeps packages as an installation keeps them in its store.
type spool struct {
	folder string
	mu     sync.Mutex
	made   map[org.ID]exchange.FileRef
}

func (s *spool) write(ctx context.Context, e exchange.Envelope, open Opener) (exchange.FileRef, error) {
	s.mu.Lock()
	made, known := s.made[e.ID]
	s.mu.Unlock()
	if known {
		return made, nil
	}
	f, err := os.CreateTemp(s.folder, "")
	if err != nil {
		return made, err
	}
	defer f.Close()
	sum := sha256.New()
	if err := Write(ctx, io.MultiWriter(f, sum), e, open, nil); err != nil {
		return made, err
	}
	info, err := f.Stat()
	if err != nil {
		return made, err
	}
	made = exchange.FileRef{Hash: document.Hash(sum.Sum(nil)), Size: info.Size()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made[e.ID] = made
	return made, os.Rename(f.Name(), filepath.Join(s.folder, made.Hash.String()))
}

func (s *spool) opener(open Opener) Opener {
	return func(ctx context.Context, f exchange.FileRef) (io.ReadCloser, error) {
		if kept, err := os.Open(filepath.Join(s.folder, f.Hash.String())); err == nil {
			return kept, nil
		}
		return open(ctx, f)
	}
}

// side is the channel with another server of the axis, both as they are.
func side(t *testing.T, limit int64) channeltest.Side {
	t.Helper()
	a := newAxis(ServerOptions{Limits: Limits{Package: limit}})
	a.known = map[org.AgencyCode]bool{"H59.08": true}
	m := &moody{axis: a}
	m.mood.Store(channeltest.Well)
	server := serve(t, m)
	packages := &spool{folder: t.TempDir(), made: map[org.ID]exchange.FileRef{}}
	up := Channel{Client: client(t, server.URL, func(s *Settings) { s.Peer = true }), Most: limit, Package: packages.write}
	away := up
	away.Client = client(t, "http://127.0.0.1:1", func(s *Settings) { s.Peer = true })
	return channeltest.Side{
		Send: func(ctx context.Context, e exchange.Envelope, open channeltest.Open) (exchange.Outcome, error) {
			c := up
			if m.mood.Load() == channeltest.Down {
				c = away
			}
			return c.Send(ctx, e, packages.opener(open))
		},
		From:    exchange.Party{Code: "H59", Name: "UBND tỉnh Trà Vinh"},
		To:      exchange.Party{Code: "H59.08", Name: "Sở Nội vụ"},
		Unknown: exchange.Party{Code: "H60.99", Name: "Cơ quan lạ"},
		Limit:   limit,
		Words:   "đã ngừng hoạt động",
		Behave:  func(mood channeltest.Mood) { m.mood.Store(mood) },
		Taken:   func() []channeltest.Taken { return taken(t, a) },
	}
}

// taken reads what the other side has as an installation does.
func taken(t *testing.T, a *axis) []channeltest.Taken {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []channeltest.Taken
	for id, raw := range a.packages {
		one := channeltest.Taken{ID: id.String()}
		opened, err := Read(newSeeker(raw), func(content io.Reader) (exchange.FileRef, error) {
			sum := sha256.New()
			n, err := io.Copy(sum, content)
			return exchange.FileRef{Hash: document.Hash(sum.Sum(nil)), Size: n}, err
		})
		if assert.NoError(t, err) {
			for _, f := range opened.Files {
				one.Files = append(one.Files, channeltest.File{Name: f.Name, Hash: f.Hash})
			}
		}
		all = append(all, one)
	}
	return all
}

func TestD3_TheAxisIsAChannel(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) channeltest.Side { return side(t, sideLimit) }
	channeltest.Run(t, open)
	channeltest.RunFailing(t, open)
}

// What is written is read back to the same, whatever was written by people.
func TestL3_ALetterComesBackAsItWent(t *testing.T) {
	t.Parallel()
	date, _ := org.ParseDay("2026-03-02")
	due, _ := org.ParseDay("2026-03-20")
	file := exchange.FileRef{Hash: document.Hash(sumOf("hello")), Size: 5, Name: "Chi\u0309 thị.pdf"}
	for _, act := range []exchange.Act{exchange.ActNew, exchange.ActRecall, exchange.ActUpdate, exchange.ActReplace} {
		want := exchange.Letter{Code: "H59,2026/03/02,05/CT-UBND", Number: "05", Symbol: "CT-UBND", Date: date, Place: "Trà Vinh", Kind: "directive", KindName: "Chỉ thị",
			Subject: "Đẩy mạnh cải cách hành chính", Urgency: document.VeryUrgent, DueDate: due, SignerName: "Nguyễn Văn A", SignerTitle: "Chủ tịch",
			From: exchange.Party{Code: "H59", Name: "UBND tỉnh"}, To: []exchange.Party{{Code: "H59.08", Name: "Sở Nội vụ"}}, Act: act}
		if act == exchange.ActUpdate || act == exchange.ActReplace {
			want.Earlier = []exchange.Named{{AgencyCode: "H59", Code: "H59,2026/02/02,04/CT-UBND"}}
		}
		e := exchange.Envelope{Content: exchange.DocumentContent, Act: act, From: want.From, To: want.To[0], Letter: want, Files: []exchange.FileRef{file}}
		if act == exchange.ActUpdate || act == exchange.ActReplace {
			e.Letter.Earlier = []exchange.Named{{Code: "H59,2026/02/02,04/CT-UBND"}}
		}
		got := reread(t, e)
		require.NotNil(t, got.Letter)
		if act == exchange.ActRecall {
			want.Earlier = []exchange.Named{{AgencyCode: "H59", Code: want.Code}}
		}
		assert.Equal(t, want, *got.Letter)
		assert.Equal(t, []exchange.FileRef{{Hash: file.Hash, Size: 5, Name: "Chỉ thị.pdf"}}, got.Files)
	}
}

func TestL3_EveryStatusComesBackAsItWent(t *testing.T) {
	t.Parallel()
	for _, code := range exchange.StatusCodes() {
		e := exchange.Envelope{Content: exchange.StatusContent, From: exchange.Party{Code: "H59.08", Name: "Sở Nội vụ"},
			Status: exchange.Status{Code: code, At: captured, ByName: "Trần Thị B", Reason: "Không đúng thẩm quyền"},
			About:  exchange.Named{AgencyCode: "H59", Code: "H59,2026/03/02,05/CT-UBND", Reference: "05/CT-UBND"}}
		got := reread(t, e)
		require.NotNil(t, got.Status)
		assert.Equal(t, e.Status.Code, got.Status.Code)
		assert.True(t, e.Status.At.Equal(got.Status.At))
		assert.Equal(t, e.Status.Reason, got.Status.Reason)
		assert.Equal(t, e.Status.ByName, got.Status.ByName)
		assert.Equal(t, e.About, got.About)
		assert.Equal(t, e.From, got.From)
	}
}

func reread(t *testing.T, e exchange.Envelope) exchange.OpenedPackage {
	t.Helper()
	var b writable
	require.NoError(t, Write(t.Context(), &b, e, opens("hello"), nil))
	got, err := Read(newSeeker(b), func(content io.Reader) (exchange.FileRef, error) {
		raw, err := io.ReadAll(content)
		return exchange.FileRef{Hash: sha256.Sum256(raw), Size: int64(len(raw))}, err
	})
	require.NoError(t, err)
	assert.Empty(t, got.Warnings)
	return got
}

// Case 15: a receipt that was altered, that another key signed, or that is of
// something else proves nothing; the message is asked for again.
func TestE5_AReceiptIsHeldToTheMessage(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	e := envelope("hello")
	e.ID = testID
	proof := exchange.Delivered{Message: e.ID, Sender: testSystem, From: e.From.Code, To: e.To.Code, Package: e.Package.Hash, Size: e.Package.Size, At: captured, Server: "H59"}
	changed := proof.Sign(key)
	changed.Text += " "
	another := proof
	another.Package = document.Hash{1}
	for name, c := range map[string]struct {
		receipt exchange.SignedReceipt
		good    bool
	}{"right": {proof.Sign(key), true}, "none": {}, "altered": {receipt: changed}, "another key": {receipt: proof.Sign(other)}, "another package": {receipt: another.Sign(key)}} {
		server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			raw, _ := MarshalReceipt(c.receipt)
			_ = writeJSON(w, 200, success+`,"DocId":"x","Receipt":`+string(raw))
		}))
		ch := Channel{Client: client(t, server.URL, func(s *Settings) { s.Peer = true }), Keys: [][]byte{publicOf(key)}}
		out, err := ch.Send(t.Context(), e, opens("hello"))
		if !c.good {
			assert.ErrorIs(t, err, ErrBadReceipt, name)
			assert.Equal(t, exchange.Retry, exchange.VerdictOn(err), name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, exchange.Arrived, out.State)
		assert.Equal(t, c.receipt, out.Receipt)
	}
}

// writable is a package in memory.
type writable []byte

func (w *writable) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

func newSeeker(raw []byte) io.ReadSeeker { return bytes.NewReader(raw) }

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return key
}

func publicOf(key ed25519.PrivateKey) []byte { return key.Public().(ed25519.PublicKey) }

// Not beside other tests: it measures memory. The other side here keeps what it
// gets, so the message goes to one that only hashes it.
func TestL5_ALargePackageNeedsNoMemory(t *testing.T) {
	const size = 100 << 20
	s := side(t, 1<<31)
	var got atomic.Value
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opened, err := Read(newParcel(r.Body, r.Header.Get(prefix+keyFile), 1<<31), func(content io.Reader) (exchange.FileRef, error) {
			sum := sha256.New()
			n, err := io.Copy(sum, content)
			return exchange.FileRef{Hash: document.Hash(sum.Sum(nil)), Size: n}, err
		})
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		got.Store([]channeltest.Taken{{ID: testID.String(), Files: []channeltest.File{{Name: opened.Files[0].Name, Hash: opened.Files[0].Hash}}}})
		_ = writeJSON(w, 200, success+`,"DocId":"`+testID.String()+`"`)
	}))
	packages := &spool{folder: t.TempDir(), made: map[org.ID]exchange.FileRef{}}
	c := Channel{Client: client(t, server.URL, func(s *Settings) { s.Peer = true }), Package: packages.write}
	s.Send = func(ctx context.Context, e exchange.Envelope, open channeltest.Open) (exchange.Outcome, error) {
		return c.Send(ctx, e, packages.opener(open))
	}
	s.Taken = func() []channeltest.Taken { return got.Load().([]channeltest.Taken) }
	channeltest.Flat(t, s, size)
}
