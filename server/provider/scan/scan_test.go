package scan_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"congvan/server/provider/scan"
)

// sign is a harmless text that the test's own signature calls a virus.
const sign = "CONGVAN-HARMLESS-TEST-SIGNATURE-7f3a"

// clamd starts the real scanner with one signature of the test's own.
func clamd(t *testing.T) *scan.Scanner {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program = "/usr/sbin/clamd"
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil { // the scanner gives up its rights before it reads
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	write("db/local.ndb", "Congvan.Test:0:*:"+hex.EncodeToString([]byte(sign))+"\n")
	socket := filepath.Join(dir, "s")
	write("clamd.conf", fmt.Sprintf("DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nStreamMaxLength 2M\nMaxThreads 2\nUser root\n", filepath.Join(dir, "db"), socket))
	cmd := exec.CommandContext(context.Background(), program, "-c", filepath.Join(dir, "clamd.conf"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("clamd is missing: deploy/setup test installs it: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	for began := time.Now(); ; {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			return scan.New("unix:" + socket)
		}
		select {
		case err := <-ended:
			t.Fatalf("clamd ended: %v\n%s", err, out.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("clamd does not answer\n%s", out.String())
		}
	}
}

func TestK14_TheRealScannerFindsWhatItKnows(t *testing.T) {
	t.Parallel()
	s := clamd(t)
	for name, c := range map[string]struct {
		content string
		want    string
	}{
		"clean":           {"%PDF-1.7 công văn", ""},
		"empty":           {"", ""},
		"infected":        {"xin chào " + sign, "Congvan.Test.UNOFFICIAL"},
		"deep in a file":  {strings.Repeat("0123456789abcdef", 64<<10) + sign, "Congvan.Test.UNOFFICIAL"},
		"a clean big one": {strings.Repeat("x", 1<<20+17), ""},
	} {
		found, err := s.Scan(t.Context(), strings.NewReader(c.content))
		if err != nil || found != c.want {
			t.Errorf("%s: %q %v", name, found, err)
		}
	}
	if _, err := s.Scan(t.Context(), strings.NewReader(strings.Repeat("x", 3<<20))); !errors.Is(err, scan.ErrTooLarge) {
		t.Errorf("over the scanner's limit: %v", err)
	}
	broken := errors.New("broken")
	if _, err := s.Scan(t.Context(), io.MultiReader(strings.NewReader("x"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("the content broke: %v", err)
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// TestK14_NoAnswerIsNeverAPass plays scanners that are away, hang up or talk nonsense.
func TestK14_NoAnswerIsNeverAPass(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"hangs up": "", "nonsense": "hello\x00", "error": "stream: Can't allocate memory ERROR\x00", "half": "stream: O"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := listener.Accept()
			if err == nil {
				_, _ = conn.Read(make([]byte, 1<<10))
				_, _ = io.WriteString(conn, answer)
				_ = conn.Close()
			}
		}()
		if _, err := scan.New(listener.Addr().String()).Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, scan.ErrAway) {
			t.Errorf("%s: %v", name, err)
		}
		_ = listener.Close()
	}
	if _, err := scan.New("127.0.0.1:1").Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, scan.ErrAway) {
		t.Errorf("nobody there: %v", err)
	}
}
