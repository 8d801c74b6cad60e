package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// serving is this binary as a server of its own, and a person who uses it.
type serving struct {
	*desk
	url     string
	process *exec.Cmd
	token   string
	client  *http.Client
	written org.ID // an issued document that files are hung on to be read
}

const servingGrace = 30 * time.Second

// serve starts a process that answers for the desk's database and bucket.
func (b *bench) serve(ctx context.Context, k *desk, cfg blob.Config) (*serving, error) {
	s := &serving{desk: k, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, WriteBufferSize: copyBuffer, ReadBufferSize: copyBuffer}}}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	var err error
	if s.process, s.url, err = b.process(ctx, k.database, cfg, key, "api"); err != nil {
		return nil, err
	}
	if err := errors.Join(s.ready(ctx), s.signIn(ctx), s.write(ctx)); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// process starts this binary for a database and a bucket, on a port of its own.
func (b *bench) process(ctx context.Context, d *database, cfg blob.Config, key []byte, roles string, more ...string) (*exec.Cmd, string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("find a port: %w", err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, "", fmt.Errorf("find a port: %w", err)
	}
	c := exec.Command(b.exe, "serve", "--roles", roles) //nolint:noctx // it is asked to end, so that it can
	c.Stderr = os.Stderr
	c.Env = append(append(os.Environ(), "CONGVAN_ADDR="+addr, "CONGVAN_PUBLIC_URL=http://"+addr, "CONGVAN_LOG_LEVEL=error", "CONGVAN_DATABASE_URL="+d.appURL,
		"CONGVAN_S3_ENDPOINT="+cfg.Endpoint, "CONGVAN_S3_ACCESS_KEY="+cfg.Access, "CONGVAN_S3_SECRET_KEY="+cfg.Secret, "CONGVAN_S3_BUCKET="+cfg.Bucket,
		"CONGVAN_SECRET_KEY="+base64.StdEncoding.EncodeToString(key)), more...)
	if err := c.Start(); err != nil {
		return nil, "", fmt.Errorf("start the server: %w", err)
	}
	return c, "http://" + addr, nil
}

func (s *serving) stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	_ = s.process.Wait() // it was told to
}

func (s *serving) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, servingGrace)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if answer, err := s.client.Get(s.url + "/readyz"); err == nil { //nolint:noctx // it has a deadline above
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// signIn gives the author a token, as other programs have.
func (s *serving) signIn(ctx context.Context) error {
	s.token = "cv_" + rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(s.token))
	return s.exec(ctx, `insert into token (id, id_hash, account_id, name, scopes, created_at, expires_at) values ($1, $2, $3, 'bench', '{read,draft}', now(), now() + interval '1 day')`,
		postgres.NewID(), hash[:], s.author.AccountID)
}

// write makes the document that uploaded files are read through.
func (s *serving) write(ctx context.Context) error {
	s.written = postgres.NewID()
	return s.exec(ctx, `insert into document (agency_id, id, state, kind, subject, author_position_id, author_account_id, created_at, updated_at)
		values ($1, $2, 'draft', 'directive', 'x', $3, $4, now(), now())`, s.office.id, s.written, s.author.Positions[0].ID, s.author.AccountID)
}

func (s *serving) send(ctx context.Context, method, path string, body io.Reader, size int64) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	r.ContentLength = size
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/octet-stream")
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		defer answer.Body.Close()
		problem, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
		return nil, errors.Join(fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, problem), err)
	}
	return answer, nil
}

// upload sends a file in one request and gives its hash.
func (s *serving) upload(ctx context.Context, content io.Reader, size int64) (string, error) {
	answer, err := s.send(ctx, http.MethodPost, "/api/files?name=tep.bin", content, size)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var made struct {
		SHA256 string `json:"sha256"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return made.SHA256, nil
}

// download reads a file of the document.
func (s *serving) download(ctx context.Context, sum string, w io.Writer) error {
	answer, err := s.send(ctx, http.MethodGet, "/api/documents/"+s.written.String()+"/files/"+sum, nil, 0)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.CopyBuffer(w, struct{ io.Reader }{answer.Body}, make([]byte, copyBuffer)); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}

// hang makes the document have the file.
func (s *serving) hang(ctx context.Context, sum string, size int64) error {
	return s.exec(ctx, `insert into document_file (agency_id, document_id, id, role, version, ordinal, name, sha256, size, media_type, added_by, added_at)
		values ($1, $2, $3, 'annex', 1, 0, 'tep.bin', decode($4, 'hex'), $5, 'application/octet-stream', $6, now())`,
		s.office.id, s.written, postgres.NewID(), sum, size, s.author.AccountID)
}

// resident gives the memory of the process in MiB.
func (s *serving) resident() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of the server: %w", err)
	}
	for line := range bytes.Lines(status) {
		if value, ok := strings.CutPrefix(string(line), "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
			if err != nil {
				return 0, fmt.Errorf("read the memory of the server: %w", err)
			}
			return float64(kib) / 1024, nil
		}
	}
	return 0, errNoMemory
}

var errNoMemory = errors.New("the system does not tell the memory of a process")
