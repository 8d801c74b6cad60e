package storagetest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// ClamAV gives the test a real virus scanner that knows one signature, and
// returns its socket. It ends with the test.
func ClamAV(t testing.TB, signature string) (socket string) {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program = "/usr/sbin/clamd"
	}
	dir := Folder(t) // the scanner gives up its rights before it reads
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	for name, text := range map[string]string{
		"db/local.ndb": "Congvan.Test:0:*:" + hex.EncodeToString([]byte(signature)) + "\n",
		"clamd.conf": fmt.Sprintf("DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nStreamMaxLength 64M\nMaxThreads 2\nUser root\n",
			filepath.Join(dir, "db"), socket),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, "-c", filepath.Join(dir, "clamd.conf"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("clamd is missing: deploy/setup test installs it: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	for range 1500 {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			return socket
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("clamd ended: %v\n%s", err, out.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("clamd does not answer")
	return ""
}
