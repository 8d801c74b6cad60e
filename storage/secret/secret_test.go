package secret_test

import (
	"bytes"
	"testing"

	"congvan/server/domain/org"
	"congvan/storage/secret"
)

func TestSecret_OpensOnlyInItsRowWithItsKey(t *testing.T) {
	t.Parallel()
	box, err := secret.New(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	mine, other := org.ID{1}, org.ID{2}
	sealed := box.Seal(mine, "mật khẩu")
	if bytes.Contains(sealed, []byte("mật khẩu")) || bytes.Equal(sealed, box.Seal(mine, "mật khẩu")) {
		t.Error("a sealed secret shows what it is, or that it is the same")
	}
	if plain, err := box.Open(mine, sealed); err != nil || plain != "mật khẩu" {
		t.Errorf("opened %q, %v", plain, err)
	}
	another, err := secret.New(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, try := range map[string]func() (string, error){
		"another row":   func() (string, error) { return box.Open(other, sealed) },
		"another key":   func() (string, error) { return another.Open(mine, sealed) },
		"a changed bit": func() (string, error) { return box.Open(mine, changed) },
		"nothing":       func() (string, error) { return box.Open(mine, nil) },
		"cut short":     func() (string, error) { return box.Open(mine, sealed[:10]) },
	} {
		if plain, err := try(); err == nil || plain != "" {
			t.Errorf("%s opens: %q, %v", name, plain, err)
		}
	}
	if _, err := secret.New([]byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}
