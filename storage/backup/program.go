package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// binariesVariable names a folder with PostgreSQL's programs.
const binariesVariable = "CONGVAN_PGBIN"

// run has a program of PostgreSQL work with a database. The password goes by
// its environment: arguments can be read by everybody on the machine.
func run(ctx context.Context, address, name string, in io.Reader, out io.Writer, args ...string) error {
	path, err := find(name)
	if err != nil {
		return err
	}
	at, err := pgx.ParseConfig(address)
	if err != nil {
		return errors.New("the address of the database cannot be read")
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, path, append(args, "--no-password", "--dbname="+withoutPassword(address))...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+at.Password, "LC_ALL=C")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &said
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(said.String()))
	}
	return nil
}

var keywordPassword = regexp.MustCompile(`(?i)(^|\s)password\s*=\s*('(?:[^'\\]|\\.)*'|\S*)`)

// withoutPassword gives the address, in either of PostgreSQL's forms, without its password.
func withoutPassword(address string) string {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return keywordPassword.ReplaceAllString(address, "$1")
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	return u.String()
}

// find looks for a program where PostgreSQL's are: in the folder that is named,
// where Debian keeps them, newest first, and in the path.
func find(name string) (string, error) {
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is well formed
	slices.SortFunc(installed, func(a, b string) int { return major(b) - major(a) })
	if dir := os.Getenv(binariesVariable); dir != "" {
		installed = append([]string{filepath.Join(dir, name)}, installed...)
	}
	for _, path := range installed {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed: install PostgreSQL's client programs (apt-get install postgresql-client), not older than the server", name)
	}
	return path, nil
}

func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // no number sorts last
	return n
}
