package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

func (r *room) append(t *testing.T, u postgres.Upload, from io.Reader) postgres.Upload {
	t.Helper()
	next, err := r.Append(t.Context(), u.ID, u.Received, from)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// TestUploadInOnePieceIsNotCopied: the segment's object becomes the content's.
func TestUploadInOnePieceIsNotCopied(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := append([]byte("%PDF-1.7\n"), random(6<<20)...)
	u := r.append(t, r.upload(t, int64(len(content))), bytes.NewReader(content))
	if u.Hash != hashOf(content) || u.MediaType != "application/pdf" || u.Received != u.Size {
		t.Errorf("%+v", u)
	}
	if n := len(r.objects(t)); n != 1 {
		t.Errorf("%d objects", n)
	}
	if !bytes.Equal(r.read(t, u.Hash), content) {
		t.Error("other bytes came back")
	}
	if n := r.count(t, "upload_segment"); n != 0 {
		t.Errorf("%d segments are left", n)
	}
}

// TestUploadArrivesWhateverTheLineDoes sends random contents in random pieces
// over a line that breaks at random, as a sender does that asks for the offset
// and goes on from there.
func TestUploadArrivesWhateverTheLineDoes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	rapid.Check(t, func(rt *rapid.T) {
		content := random(rapid.IntRange(0, 300_000).Draw(rt, "size"))
		u := r.upload(t, int64(len(content)))
		for first := true; first || u.Received < u.Size; first = false {
			rest := content[u.Received:]
			piece := rest[:rapid.IntRange(len(rest)/3, len(rest)).Draw(rt, "piece")]
			var from io.Reader = bytes.NewReader(piece)
			if rapid.Bool().Draw(rt, "breaks") {
				from = broken(piece, io.ErrUnexpectedEOF)
			}
			before := u.Received
			u = r.append(t, u, from)
			if u.Received != before+int64(len(piece)) {
				rt.Fatalf("%d of %d bytes were kept", u.Received-before, len(piece))
			}
		}
		if u.Hash != hashOf(content) || !bytes.Equal(r.read(t, u.Hash), content) {
			rt.Fatalf("%d bytes became %+v", len(content), u)
		}
	})
	if objects, rows := len(r.objects(t)), r.count(t, "blob"); objects != rows {
		t.Errorf("%d objects for %d contents", objects, rows)
	}
}

func TestUploadKeepsWhatCameBeforeTheSenderWasGone(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(3 << 20)
	u := r.upload(t, int64(len(content)))
	ctx, cancel := context.WithCancel(t.Context())
	source := bytes.NewReader(content)
	gone := reader(func(p []byte) (int, error) {
		if source.Len() < 1<<20 {
			cancel()
			return 0, context.Canceled
		}
		return source.Read(p[:min(len(p), 64<<10)])
	})
	u, err := r.Append(ctx, u.ID, 0, gone)
	if err != nil || u.Received < 1<<20 {
		t.Fatalf("%d bytes were kept: %v", u.Received, err)
	}
	if u = r.append(t, u, bytes.NewReader(content[u.Received:])); u.Hash != hashOf(content) {
		t.Errorf("%+v", u)
	}
}

func TestUploadRefusesWhatDoesNotContinueIt(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	u := r.append(t, r.upload(t, 1000), bytes.NewReader(random(400)))
	for _, offset := range []int64{0, 399, 401, 1000} {
		if _, err := r.Append(t.Context(), u.ID, offset, bytes.NewReader(random(100))); !errors.Is(err, blob.ErrOffset) {
			t.Errorf("offset %d: %v", offset, err)
		}
	}
	if _, err := r.Append(t.Context(), u.ID, 400, bytes.NewReader(random(601))); !errors.Is(err, blob.ErrTooLarge) {
		t.Errorf("more than announced: %v", err)
	}
	if _, err := r.Finish(t.Context(), u.ID); !errors.Is(err, blob.ErrIncomplete) {
		t.Errorf("finished before its end: %v", err)
	}
	if _, err := r.Append(t.Context(), postgres.NewID(), 0, bytes.NewReader(nil)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an upload that is none: %v", err)
	}
	if n := len(r.objects(t)); n != 1 {
		t.Errorf("%d objects", n)
	}
}

// TestUploadSentTwiceAtOnceIsTakenOnce: a sender that lost patience sends again
// while the first try is still on its way.
func TestUploadSentTwiceAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(100_000)
	u := r.upload(t, 100_000)
	var wg sync.WaitGroup
	var won int
	for range 6 {
		wg.Go(func() {
			got, err := r.Append(t.Context(), u.ID, 0, bytes.NewReader(content))
			r.lock.Lock()
			defer r.lock.Unlock()
			switch {
			case err == nil && got.Hash == hashOf(content):
				won++
			case !errors.Is(err, blob.ErrOffset):
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d were told that it is theirs", won)
	}
	got, err := r.Finish(t.Context(), u.ID)
	if err != nil || got.Hash != hashOf(content) {
		t.Errorf("%+v %v", got, err)
	}
}

// TestUploadIsFinishedAfterACut: the process ended between the last byte and
// the record, with one segment and with several.
func TestUploadIsFinishedAfterACut(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, pieces := range []int{1, 3} {
		content := random(90_000)
		u := r.upload(t, 90_001) // one more than comes, so that it is not finished
		for i := range pieces {
			n := len(content) / pieces
			u = r.append(t, u, bytes.NewReader(content[i*n:(i+1)*n]))
		}
		r.exec(t, `update upload set size = 90000 where id = $1`, u.ID.String())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				got, err := r.Finish(t.Context(), u.ID)
				if err != nil || got.Hash != hashOf(content) {
					t.Errorf("%d pieces: %+v %v", pieces, got, err)
				}
			})
		}
		wg.Wait()
		if !bytes.Equal(r.read(t, hashOf(content)), content) {
			t.Errorf("%d pieces: other bytes came back", pieces)
		}
	}
	if objects := len(r.objects(t)); objects != 2 {
		t.Errorf("%d objects", objects)
	}
}

func TestUploadOfKnownBytesAnswersAsAnother(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := random(10_000)
	ref := r.put(t, content)
	for _, cut := range []int{10_000, 4_000} {
		u := r.append(t, r.upload(t, 10_000), bytes.NewReader(content[:cut]))
		if cut < len(content) {
			u = r.append(t, u, bytes.NewReader(content[cut:]))
		}
		if u.Hash != ref.Hash || u.MediaType != ref.MediaType {
			t.Errorf("%+v", u)
		}
	}
	if n := len(r.objects(t)); n != 1 {
		t.Errorf("%d objects", n)
	}
}

func TestUploadGivenUpLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	u := r.append(t, r.upload(t, 1000), bytes.NewReader(random(400)))
	if err := r.GiveUp(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.GiveUp(t.Context(), u.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("given up twice: %v", err)
	}
	r.empty(t)
}
