package embedded

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// childVariable turns the test binary into the object store, as the hidden
// command does with the product.
const childVariable = "CONGVAN_EMBEDDED_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "s3":
		if err := ServeS3(context.Background(), os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	case "parent":
		beParent()
	}
	os.Exit(m.Run())
}

func child(role string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{childVariable + "=" + role}
	return cmd
}

func startS3(t *testing.T, dir string) *S3 {
	t.Helper()
	s, err := StartS3(t.Context(), S3Options{Dir: dir, Command: func() *exec.Cmd { return child("s3") }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

func client(t *testing.T, e S3Endpoint) *minio.Client {
	t.Helper()
	c, err := minio.New(e.Address, &minio.Options{Creds: credentials.NewStaticV4(e.Access, e.Secret, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestS3KeepsObjectsAndKeysAcrossStarts(t *testing.T) {
	t.Parallel()
	dir := openTemp(t)
	first := startS3(t, dir)
	c := client(t, first.Endpoint())
	if err := c.MakeBucket(t.Context(), "files", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("công văn ", 1000)
	if _, err := c.PutObject(t.Context(), "files", "a", strings.NewReader(body), int64(len(body)), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<20) // two parts
	if _, err := c.PutObject(t.Context(), "files", "b", bytes.NewReader(big), -1, minio.PutObjectOptions{PartSize: 8 << 20}); err != nil {
		t.Fatal(err)
	}
	if _, err := StartS3(t.Context(), S3Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("a second process took the same data folder: %v", err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := startS3(t, dir)
	if a, b := first.Endpoint(), second.Endpoint(); a.Access != b.Access || a.Secret != b.Secret {
		t.Error("the keys changed")
	}
	if found, err := RunningS3(dir); err != nil || found != second.Endpoint() {
		t.Errorf("another process cannot find the store: %v", err)
	}
	c = client(t, second.Endpoint())
	for key, want := range map[string][]byte{"a": []byte(body), "b": big} {
		object, err := c.GetObject(t.Context(), "files", key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(object)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes of %d came back: %v", key, len(got), len(want), err)
		}
	}
}

func TestS3RefusesAStranger(t *testing.T) {
	t.Parallel()
	e := startS3(t, openTemp(t)).Endpoint()
	e.Secret = "guess"
	if _, err := client(t, e).ListBuckets(t.Context()); minio.ToErrorResponse(err).Code != "SignatureDoesNotMatch" {
		t.Errorf("a wrong secret: %v", err)
	}
	if !strings.HasPrefix(e.Address, "127.0.0.1:") {
		t.Errorf("listens on %s", e.Address)
	}
}

func TestS3NeverRunsAsRoot(t *testing.T) {
	t.Parallel()
	dir := openTemp(t)
	s := startS3(t, dir)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if ids := strings.Fields(line); len(ids) == 5 && (ids[0] == "Uid:" || ids[0] == "Gid:") && slices.Contains(ids[1:], "0") {
			t.Error(line)
		}
	}
}

// TestS3SecretsAreNotAmongArgumentsOrEnvironment reads what every user of the
// machine can read, and what the same user can.
func TestS3SecretsAreNotAmongArgumentsOrEnvironment(t *testing.T) {
	t.Parallel()
	s := startS3(t, openTemp(t))
	for _, name := range []string{"cmdline", "environ"} {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.process.cmd.Process.Pid, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(s.Endpoint().Secret)) {
			t.Errorf("%s holds the secret", name)
		}
	}
}

func TestS3EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := StartS3(ctx, S3Options{Dir: openTemp(t), Command: func() *exec.Cmd { return child("s3") }})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-s.Done():
	case <-time.After(stopGrace):
		t.Fatal("still runs")
	}
}

// TestS3KeepsNoHalfObjects ends the connection in the middle of a body.
func TestS3KeepsNoHalfObjects(t *testing.T) {
	t.Parallel()
	s := startS3(t, openTemp(t))
	c := client(t, s.Endpoint())
	if err := c.MakeBucket(t.Context(), "files", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	link, err := c.PresignedPutObject(t.Context(), "files", "half", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.Endpoint().Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 100000\r\n\r\n", link.RequestURI(), link.Host)
	if _, err := conn.Write(make([]byte, 60_000)); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil {
		defer answer.Body.Close()
		if answer.StatusCode < 300 {
			t.Errorf("the store says %s", answer.Status)
		}
	}
	if info, err := c.StatObject(t.Context(), "files", "half", minio.StatObjectOptions{}); err == nil {
		t.Errorf("%d bytes were kept", info.Size)
	}
}

// beParent starts every server, tells their process ids, and waits to be killed.
func beParent() {
	dir := os.Getenv("DIR")
	ctx := context.Background()
	pg, err := StartPostgres(ctx, PostgresOptions{Dir: dir + "/pg", Unsafe: true})
	if err != nil {
		panic(err)
	}
	s, err := StartS3(ctx, S3Options{Dir: dir + "/s3", Command: func() *exec.Cmd { return child("s3") }})
	if err != nil {
		panic(err)
	}
	fmt.Println(pg.process.cmd.Process.Pid, s.process.cmd.Process.Pid)
	select {}
}

func TestServersDieWithTheProcessThatStartedThem(t *testing.T) {
	t.Parallel()
	dir := openTemp(t)
	parent := child("parent")
	parent.Env = append(parent.Env, "DIR="+dir, "PATH="+os.Getenv("PATH"))
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var pids [2]int
	if _, err := fmt.Fscan(out, &pids[0], &pids[1]); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	deadline, tick := time.After(stopGrace), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for alive(pid) {
			select {
			case <-deadline:
				t.Fatalf("process %d outlives its parent", pid)
			case <-tick.C:
			}
		}
	}
	startPostgres(t, dir+"/pg")
	startS3(t, dir+"/s3")
}

// alive is false for a process that ended and only waits to be collected.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(raw, []byte(") Z "))
}

func TestManyStoresStartAtOnce(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := StartS3(t.Context(), S3Options{Dir: openTemp(t), Command: func() *exec.Cmd { return child("s3") }})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
