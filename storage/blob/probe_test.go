package blob_test

import (
	"errors"
	"testing"
	"time"

	"congvan/storage/blob"
	"congvan/storage/storagetest"
)

func TestProbeLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	if err := r.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := r.objects(t); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
	if n := r.count(t, "blob"); n > 0 {
		t.Error("the probe has a record")
	}
}

func TestProbeAndPingTellWhatIsMissing(t *testing.T) {
	t.Parallel()
	cfg := storagetest.Bucket(t)
	s, err := blob.New(cfg, storagetest.DB(t).Store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Ping(t.Context()); !errors.Is(err, blob.ErrNoBucket) {
		t.Errorf("ping without a bucket: %v", err)
	}
	if err := s.Probe(t.Context()); err == nil {
		t.Error("a probe without a bucket succeeds")
	}
	own := storagetest.OwnObjectStore(t)
	at := own.Config("files")
	at.Patience = 2 * time.Second
	r := roomAt(t, at)
	own.Stop()
	if err := r.Probe(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("probe of a store that is gone: %v", err)
	}
	if err := r.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) || errors.Is(err, blob.ErrNoBucket) {
		t.Errorf("ping of a store that is gone: %v", err)
	}
}
