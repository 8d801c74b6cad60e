package storagetest

import (
	"context"
	"os"
	"testing"
	"time"

	"congvan/storage/embedded"
)

// Dovecot gives the test a mail server of its own, with the mailboxes and their
// passwords. It ends with the test.
func Dovecot(t testing.TB, mailboxes map[string]string) *embedded.Dovecot {
	t.Helper()
	d, err := embedded.StartDovecot(context.Background(), embedded.DovecotOptions{Dir: Folder(t), Mailboxes: mailboxes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, d.Stop) })
	return d
}

// Folder gives a folder with a short path that other users may enter, as the
// servers need; it goes with the test.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cvt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func stop(t testing.TB, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := f(ctx); err != nil {
		t.Error(err)
	}
}
