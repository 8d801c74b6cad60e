package command

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/prometheus/client_golang/prometheus"

	"congvan/storage/blob"
	"congvan/storage/storagetest"
)

// TestVerifyFindsAFlippedByteAndRaisesTheAlarm does a round over a real store.
func TestVerifyFindsAFlippedByteAndRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	db, cfg := storagetest.DB(t), storagetest.Bucket(t)
	var logged bytes.Buffer
	in := &installation{store: db.Store, blobs: storagetest.OpenBlobs(t, cfg, db), metrics: prometheus.NewRegistry(),
		log: slog.New(slog.NewJSONHandler(&logged, nil))}
	if err := in.watchBlobs(); err != nil {
		t.Fatal(err)
	}
	ref, err := in.blobs.Put(t.Context(), strings.NewReader("nguyên vẹn"), blob.Hint{})
	if err != nil {
		t.Fatal(err)
	}
	soon := time.Now().Add(time.Hour)
	if err := in.verifyBefore(t.Context(), soon); err != nil || in.damagedShown(t) != 0 || strings.Contains(logged.String(), "ERROR") {
		t.Fatalf("a sound store: %v, shown %v, logged %s", err, in.damagedShown(t), &logged)
	}

	b, err := in.store.Blob(t.Context(), ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	flipped := "nguyên vẻn"
	name := b.ObjectKey.String()[:5] + "/" + b.ObjectKey.String()
	if _, err := storagetest.Client(t, cfg).PutObject(t.Context(), cfg.Bucket, name, strings.NewReader(flipped), int64(len(flipped)), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := in.verifyBefore(t.Context(), soon); err != nil {
		t.Fatal(err)
	}
	if got := in.damagedShown(t); got != 1 {
		t.Errorf("the metric shows %v", got)
	}
	if !strings.Contains(logged.String(), `"ERROR"`) || !strings.Contains(logged.String(), ref.Hash.String()) {
		t.Errorf("no alarm: %s", &logged)
	}
	if f, err := in.blobs.Open(t.Context(), ref.Hash); err == nil {
		_ = f.Close()
		t.Error("it is opened all the same")
	}
}

// damagedShown reads the metric as a monitor does.
func (in *installation) damagedShown(t *testing.T) float64 {
	t.Helper()
	families, err := in.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "congvan_blobs_damaged" {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("no such metric")
	return 0
}
