// Package channeltest is the conformance suite of the channels that bring
// messages to other systems. Every channel passes it against a real other side:
// what is taken is whole, what is sent twice can be known as one, what fails
// says whether it may succeed later, and our own trouble is never taken for the
// other side's. It must not be imported outside tests, and knows no protocol.
package channeltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// Send is what a channel does.
type Send = func(ctx context.Context, e exchange.Envelope, open Open) (exchange.Outcome, error)

// Open gives the bytes of a file.
type Open = func(ctx context.Context, f exchange.FileRef) (io.ReadCloser, error)

// Mood is how the other side behaves to what comes next.
type Mood string

// The moods.
const (
	Well        Mood = "well"
	Busy        Mood = "busy"         // asks to come back later
	Refusing    Mood = "refusing"     // refuses for good, with words
	LosingAsked Mood = "losing asked" // drops the line before it has taken the message
	LosingTold  Mood = "losing told"  // takes the message and drops the line before saying so
	Down        Mood = "down"         // nobody listens
)

// Taken is one message that the other side took, as often as it took it.
type Taken struct {
	ID    string // what makes two of them one
	Files []File
}

// File is one file as it came out at the other side.
type File struct {
	Name string
	Hash [32]byte
}

// Side is a channel with its other side.
type Side struct {
	Send    Send
	From    exchange.Party
	To      exchange.Party
	Unknown exchange.Party // whom the other side does not know
	Limit   int64          // the largest message that the other side takes
	Taken   func() []Taken
	Behave  func(Mood) // from now on; for RunFailing
	Words   string     // what it says when it refuses
}

// try is one case of the suite.
type try struct {
	name string
	run  func(t *testing.T, s Side)
}

// Run holds a channel to what can be tried with any other side. open starts a
// channel with an other side of its own.
func Run(t *testing.T, open func(t *testing.T) Side) {
	t.Helper()
	runAll(t, open, []try{
		{"what is taken is whole", whole},
		{"the same message twice is known as one", twice},
		{"names in any form arrive safe", names},
		{"nothing that a person wrote becomes more than text", injected},
		{"an unknown recipient is given up", unknown},
		{"what is too large is refused before the bytes move", tooLarge},
		{"a file that is away is our own trouble", fileAway},
		{"a file that breaks off or is damaged never arrives", fileDamaged},
		{"the end of the context ends it", ended},
		{"many at a time do not mix", many},
	})
}

// RunFailing holds it to what takes an other side that can be made to fail.
func RunFailing(t *testing.T, open func(t *testing.T) Side) {
	t.Helper()
	runAll(t, open, []try{
		{"a busy other side is asked again", busy},
		{"a refusal is given up with its words", refused},
		{"a lost request is sent again", lostRequest},
		{"a lost receipt is sent again under the same id", lostReceipt},
		{"a side that is down is asked again", down},
	})
}

func runAll(t *testing.T, open func(t *testing.T) Side, tries []try) {
	t.Helper()
	for _, c := range tries {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

// patience is how long a try of the suite may take.
const patience = 2 * time.Minute

// send tries once, and holds whatever the channel answers to its contract.
func (s Side) send(t *testing.T, e exchange.Envelope, open Open) (exchange.Outcome, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	o, err := s.Send(ctx, e, open)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		t.Errorf("sending does not end: %v", err)
	case err != nil && (o.State != "" || o.RemoteID != "" || !o.At.IsZero()):
		t.Errorf("an outcome besides an error: %+v, %v", o, err)
	case err != nil && fault.KindOf(err) == fault.Internal && !errors.Is(err, exchange.ErrFileDamaged):
		t.Errorf("an error of no kind: %v", err)
	case err == nil && (o.State != exchange.Sent && o.State != exchange.Arrived || o.RemoteID == "" || o.At.IsZero()):
		t.Errorf("a success that says nothing: %+v", o)
	}
	return o, err
}

func whole(t *testing.T, s Side) {
	e, files := s.message(sized("chi-thi.pdf", 100_000), sized("phụ lục 1.xlsx", 12_345), sized("một byte.bin", 1), sized("dòng.bin", 57), sized("hai dòng.bin", 114))
	if _, err := s.send(t, e, files.open); err != nil {
		t.Fatal(err)
	}
	s.holds(t, e)
}

func twice(t *testing.T, s Side) {
	e, files := s.message(sized("chi-thi.pdf", 5000))
	first, err := s.send(t, e, files.open)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.send(t, e, files.open)
	if err != nil || second.RemoteID != first.RemoteID {
		t.Fatalf("%q, then %q: %v", first.RemoteID, second.RemoteID, err)
	}
	s.holds(t, e)
	other, files := s.message(sized("chi-thi.pdf", 5000))
	if _, err := s.send(t, other, files.open); err != nil {
		t.Fatal(err)
	}
	if ids := s.ids(); len(ids) != 2 {
		t.Errorf("two messages of the same bytes are %d: %q", len(ids), ids)
	}
}

func names(t *testing.T, s Side) {
	long := strings.Repeat("rất dài ", 60) + ".pdf"
	e, files := s.message(sized("Chỉ thị số 05.pdf", 100), sized("Chi\u0309 thi\u0323 NFD.pdf", 101), sized("../../etc/passwd", 102),
		sized(`C:\Windows\con.pdf`, 103), sized("a\u202efdp.exe", 104), sized(long, 105), sized("", 106), sized(`"ngoặc"; kép.pdf`, 107), sized("<b>đậm</b>.pdf", 108))
	if _, err := s.send(t, e, files.open); err != nil {
		t.Fatal(err)
	}
	s.holds(t, e)
	for _, taken := range s.Taken() {
		for _, f := range taken.Files {
			if strings.ContainsAny(f.Name, "/\\\r\n\u202e") || f.Name == "" {
				t.Errorf("the name %q arrived", f.Name)
			}
		}
	}
}

func injected(t *testing.T, s Side) {
	e, files := s.message(sized("a.pdf\r\nBcc: x@evil.example", 100))
	e.Subject = "Về việc\r\nBcc: a@evil.example\r\n\r\n.\r\nMAIL FROM:<a@evil.example>"
	e.Symbol = "05/CT\r\n.\r\nQUIT"
	e.From.Name, e.To.Name = "Cơ quan\r\nX-Evil: 1", "Bên nhận\n.\nQUIT"
	if _, err := s.send(t, e, files.open); err != nil {
		t.Fatal(err)
	}
	s.holds(t, e)
	e, files = s.message(sized("a.pdf", 100))
	e.To.Email, e.To.Code = "a@b.example>\r\nRCPT TO:<c@evil.example", "H59\r\nX: 1"
	if _, err := s.send(t, e, files.open); exchange.VerdictOn(err) != exchange.GiveUp || err == nil {
		t.Errorf("an address with a line end: %v", err)
	}
}

func unknown(t *testing.T, s Side) {
	e, files := s.message(sized("a.pdf", 100))
	e.To = s.Unknown
	if _, err := s.send(t, e, files.open); err == nil || exchange.VerdictOn(err) != exchange.GiveUp || fault.KindOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	s.nothing(t)
}

func tooLarge(t *testing.T, s Side) {
	e, _ := s.message(sized("a.pdf", s.Limit+1))
	opened := false
	o, err := s.send(t, e, func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
		opened = true
		return io.NopCloser(strings.NewReader("")), nil
	})
	if fault.KindOf(err) != fault.TooLarge || opened {
		t.Errorf("opened %v, %v (%s)", opened, err, o.Words)
	}
	s.nothing(t)
}

func fileAway(t *testing.T, s Side) {
	e, _ := s.message(sized("a.pdf", 100))
	_, err := s.send(t, e, func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
		return nil, errors.New("the store is away")
	})
	if !errors.Is(err, exchange.ErrFileAway) {
		t.Errorf("%v", err)
	}
	s.nothing(t)
}

func fileDamaged(t *testing.T, s Side) {
	for name, end := range map[string]error{"damaged": exchange.ErrFileDamaged, "breaks off": errors.New("the store broke off"), "short": io.EOF} {
		e, files := s.message(sized("a.pdf", 300_000))
		_, err := s.send(t, e, func(ctx context.Context, f exchange.FileRef) (io.ReadCloser, error) {
			content, err := files.open(ctx, f)
			return &broken{content, 200_000, end}, err
		})
		if err == nil || exchange.VerdictOn(err) != exchange.Retry || !errors.Is(err, exchange.ErrFileAway) && !errors.Is(err, exchange.ErrFileDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.nothing(t)
}

func ended(t *testing.T, s Side) {
	e, files := s.message(sized("a.pdf", 300_000))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Send(ctx, e, func(ctx context.Context, f exchange.FileRef) (io.ReadCloser, error) {
		cancel()
		content, err := files.open(ctx, f)
		return &broken{content, 200_000, ctx.Err()}, err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	s.nothing(t)
}

func many(t *testing.T, s Side) {
	const n = 50
	var all []exchange.Envelope
	var wg sync.WaitGroup
	for i := range n {
		e, files := s.message(sized(fmt.Sprintf("văn bản %d.pdf", i), int64(10_000+i)))
		all = append(all, e)
		wg.Go(func() {
			if _, err := s.send(t, e, files.open); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ids := s.ids(); len(ids) != n {
		t.Errorf("%d messages, want %d", len(ids), n)
	}
	for _, e := range all {
		if !slices.ContainsFunc(s.Taken(), func(taken Taken) bool { return same(e, taken) }) {
			t.Errorf("%q is not there", e.Files[0].Name)
		}
	}
}

func busy(t *testing.T, s Side) {
	s.Behave(Busy)
	e, files := s.message(sized("a.pdf", 100))
	_, err := s.send(t, e, files.open)
	if err == nil || exchange.VerdictOn(err) != exchange.Retry {
		t.Errorf("%v", err)
	}
	if open := (exchange.Breaker{Failures: 4}).Heard(exchange.UsualBreakerRule(), err, time.Now()).Open(); open {
		t.Error("a side that asks for patience counts as down")
	}
	s.recovers(t, e, files)
}

func refused(t *testing.T, s Side) {
	s.Behave(Refusing)
	e, files := s.message(sized("a.pdf", 100))
	o, err := s.send(t, e, files.open)
	if err == nil || exchange.VerdictOn(err) != exchange.GiveUp || !strings.Contains(o.Words, s.Words) {
		t.Errorf("%q, %v", o.Words, err)
	}
	s.nothing(t)
}

func lostRequest(t *testing.T, s Side) {
	s.Behave(LosingAsked)
	e, files := s.message(sized("a.pdf", 300_000))
	if _, err := s.send(t, e, files.open); err == nil || exchange.VerdictOn(err) != exchange.Retry {
		t.Errorf("%v", err)
	}
	s.recovers(t, e, files)
}

func lostReceipt(t *testing.T, s Side) {
	s.Behave(LosingTold)
	e, files := s.message(sized("a.pdf", 100_000))
	if _, err := s.send(t, e, files.open); err == nil || exchange.VerdictOn(err) != exchange.Retry {
		t.Errorf("%v", err)
	}
	s.recovers(t, e, files)
}

func down(t *testing.T, s Side) {
	s.Behave(Down)
	e, files := s.message(sized("a.pdf", 100))
	_, err := s.send(t, e, files.open)
	if err == nil || exchange.VerdictOn(err) != exchange.Retry {
		t.Errorf("%v", err)
	}
	if open := (exchange.Breaker{Failures: 4}).Heard(exchange.UsualBreakerRule(), err, time.Now()).Open(); !open {
		t.Error("a side where nobody listens does not count as down")
	}
	s.recovers(t, e, files)
}
