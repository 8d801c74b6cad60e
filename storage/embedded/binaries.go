package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// BinariesVariable names the setting that points at another PostgreSQL.
const BinariesVariable = "CONGVAN_PGBIN"

// oldestPostgres is the oldest major version the schema is proved with.
const oldestPostgres = 15

// binaries is an installed PostgreSQL.
type binaries struct {
	dir   string
	major int
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// findBinaries looks for initdb and postgres: where CONGVAN_PGBIN says, then
// behind the links of PATH, then where Debian keeps them, newest first. With
// data of a major version only that version will do.
func findBinaries(wantMajor int) (binaries, error) {
	var seen []string
	for _, dir := range binaryFolders() {
		b, err := inspectBinaries(dir)
		if err != nil {
			continue
		}
		if (wantMajor == 0 && b.major >= oldestPostgres) || b.major == wantMajor {
			return b, nil
		}
		seen = append(seen, fmt.Sprintf("%s (%d)", b.dir, b.major))
	}
	wanted := fmt.Sprintf("%d or newer", oldestPostgres)
	if wantMajor != 0 {
		wanted = fmt.Sprintf("%d, which made the data folder,", wantMajor)
	}
	found := "none"
	if len(seen) > 0 {
		found = strings.Join(seen, ", ")
	}
	return binaries{}, fmt.Errorf("PostgreSQL %s is not installed (found: %s): install it (apt-get install postgresql) or set %s to its bin folder", wanted, found, BinariesVariable)
}

func binaryFolders() []string {
	if dir := os.Getenv(BinariesVariable); dir != "" {
		return []string{dir}
	}
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	slices.SortFunc(installed, func(a, b string) int { return majorOfPath(b) - majorOfPath(a) })
	return append(dirs, installed...)
}

func majorOfPath(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin))) // no number sorts last
	return n
}

func inspectBinaries(dir string) (binaries, error) {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return binaries{}, fmt.Errorf("look for %s: %w", name, err)
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("ask postgres for its version: %w", err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return binaries{}, fmt.Errorf("unknown version of postgres: %q", out)
	}
	major, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return binaries{}, fmt.Errorf("read version of postgres: %w", err)
	}
	return binaries{dir: dir, major: major}, nil
}

// majorOfData reads which version made a data folder; 0 when there is none yet.
func majorOfData(dir string) (int, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read version of data folder: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0, fmt.Errorf("read version of data folder: %w", err)
	}
	return major, nil
}
