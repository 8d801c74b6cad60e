// This file is the law of imports, and the test that holds it. The reasons are
// in docs/ARCHITECTURE.md; the linter holds the coarse part of it in the editor.
package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "congvan"

// room is one row of the law: a package, or a set of packages that are alike.
//
// Names are relative to the module, and a package obeys the first row that
// fits it. "x/*" is every package directly below x, "x/..." is x and all below.
type room struct {
	at    string
	ours  []string // which of our packages it may import
	tests []string // which of them its tests may import besides
	pure  bool     // it knows rules only: no I/O, no clock, no library but the standard one
}

var law = []room{
	{at: ".", ours: []string{"server/command"}}, // main.go
	{at: "server", tests: []string{"..."}},      // the whole program, from outside

	// The rules. Knowledge flows one way: org, document, what happens to
	// documents, and last who may do it.
	{at: "server/domain/fault", pure: true},
	{at: "server/domain/org", ours: []string{"server/domain/fault"}, pure: true},
	{at: "server/domain/document", ours: []string{"server/domain/fault", "server/domain/org"}, pure: true},
	{at: "server/domain/numbering", ours: documents, pure: true},
	{at: "server/domain/routing", ours: documents, pure: true},
	{at: "server/domain/signing", ours: documents, pure: true},
	{at: "server/domain/exchange", ours: documents, pure: true},
	{at: "server/domain/casefile", ours: documents, pure: true},
	{at: "server/domain/evidence", ours: documents, pure: true},
	{at: "server/domain/access", ours: []string{"server/domain/..."}, pure: true},

	// State. It knows the rules' values and nothing of who asks.
	{at: "storage/postgres", ours: []string{"server/domain/...", "server/job", "storage/postgres/internal/..."}, tests: state},
	{at: "storage/postgres/internal/...", ours: []string{"server/domain/..."}},
	{at: "storage/blob", ours: []string{"server/domain/...", "storage/postgres"}, tests: state},
	{at: "storage/secret", ours: []string{"server/domain/..."}},
	{at: "storage/backup", ours: []string{"server/domain/...", "storage/postgres", "storage/blob"}, tests: state},
	{at: "storage/embedded", ours: []string{"server/domain/..."}, tests: state},
	{at: "storage/storagetest", ours: append([]string{"server/domain/...", "server/job"}, state...)},
	{at: "migrations/...", ours: []string{"server/domain/...", "migrations/..."}, tests: state},

	// Use cases. One verb does not call another: what they share is a rule, or
	// a job that follows.
	{
		at:    "server/app/*",
		ours:  []string{"server/domain/...", "server/job", "storage/postgres", "storage/blob", "storage/secret"},
		tests: append([]string{"server/app/...", "server/channeltest", "server/provider/..."}, state...),
	},
	{at: "server/job", ours: []string{"server/domain/..."}},
	{at: "server/worker", ours: []string{"server/app/...", "server/domain/...", "server/job"}, tests: state},

	// The contract. It never sees how state is kept.
	{
		at:    "server/api",
		ours:  []string{"server/app/...", "server/domain/...", "server/api/gen", "server/protocol/vxp", "web"},
		tests: append([]string{"server/config", "server/worker", "server/provider/..."}, state...),
	},
	{at: "server/api/gen", ours: []string{"server/domain/..."}},
	{at: "web"},

	// The world outside: formats, channels, services, mail.
	{at: "server/protocol/edxml", ours: []string{"server/domain/..."}, tests: outside},
	{at: "server/protocol/vxp", ours: []string{"server/domain/...", "server/protocol/edxml"}, tests: outside},
	{at: "server/protocol/*", ours: []string{"server/domain/..."}, tests: outside},
	{at: "server/provider/signature/...", ours: []string{"server/domain/...", "server/provider/signature/..."}},
	{at: "server/provider/*", ours: []string{"server/domain/..."}},
	{at: "server/channeltest", ours: []string{"server/domain/..."}},
	{at: "mailgateway/imap", ours: []string{"server/domain/..."}, tests: []string{"storage/embedded"}},
	{at: "mailgateway/mime", ours: []string{"server/domain/...", "mailgateway/mime/tnef"}},
	{at: "mailgateway/mime/tnef"},
	{at: "mailgateway/smtp", ours: []string{"server/domain/...", "server/protocol/edxml"}, tests: append([]string{"mailgateway/mime", "storage/embedded"}, outside...)},
	{
		at:    "mailgateway/receive",
		ours:  []string{"server/domain/...", "server/job", "mailgateway/imap", "mailgateway/mime", "storage/postgres", "storage/blob", "storage/secret"},
		tests: state,
	},

	// The wiring.
	{at: "server/config", ours: []string{"server/domain/..."}},
	{at: "server/command/...", ours: []string{"..."}},
}

var (
	documents = []string{"server/domain/fault", "server/domain/org", "server/domain/document"}
	state     = []string{"storage/...", "migrations/..."}
	outside   = []string{"server/channeltest"}
)

// owned are the libraries that have a room of their own, so that they can be
// replaced there. Tests may use them too, for baselines and as the other side.
var owned = []struct {
	library string
	by      []string
}{
	{"github.com/minio/minio-go", []string{"storage/blob", "storage/storagetest", "server/command/bench"}},
	{"github.com/emersion/go-imap", []string{"mailgateway/imap", "server/command/bench"}},
	{"github.com/gin-gonic/gin", []string{"server/api/...", "server/command/..."}},
	{"github.com/jackc/pgx", []string{"storage/...", "migrations/...", "server/worker", "server/command/..."}},
	{"github.com/riverqueue/river", []string{"storage/postgres", "storage/storagetest", "migrations/...", "server/job", "server/worker", "server/command/..."}},
}

// impure is what a rule may not use of the standard library.
var impure = []string{"context", "net", "os", "database", "encoding/json", "log", "syscall", "math/rand", "crypto/rand"}

// noNames say nothing about what a package decides.
var noNames = []string{"util", "utils", "helper", "helpers", "common", "misc", "model", "models", "type", "types", "base", "shared"}

// unit is what the law looks at in one package.
type unit struct {
	Path    string // relative to the module; "." is the module itself
	Name    string
	Dir     string
	Imports []string
	Tests   []string // what the tests import
	Deps    []string // with all that the imports import
}

func TestArchitecture_Imports(t *testing.T) {
	t.Parallel()
	units := listUnits(t)
	if len(units) < 10 {
		t.Fatalf("go list shows %d packages: the law was not tried", len(units))
	}
	for _, broken := range judge(units) {
		t.Error(broken)
	}
}

func judge(units []unit) (broken []string) {
	for _, u := range units {
		if slices.Contains(noNames, u.Name) || slices.Contains(noNames, path.Base(u.Path)) {
			broken = append(broken, fmt.Sprintf("%s: the name says nothing; call it what it decides", u.Path))
		}
		at := slices.IndexFunc(law, func(r room) bool { return within(u.Path, r.at) })
		if at < 0 {
			broken = append(broken, fmt.Sprintf("%s: no row of the law speaks of it; add one to server/arch_test.go", u.Path))
			continue
		}
		broken = append(broken, judgeImports(u, law[at])...)
	}
	return broken
}

func judgeImports(u unit, r room) (broken []string) {
	say := func(format string, a ...any) {
		broken = append(broken, u.Path+": "+fmt.Sprintf(format, a...))
	}
	for _, imported := range u.Imports {
		if own, ok := ours(imported); ok {
			if own != u.Path && !withinAny(own, r.ours) {
				say("may not import %s", own)
			}
			continue
		}
		for _, o := range owned {
			if under(imported, o.library) && !withinAny(u.Path, o.by) {
				say("may not import %s, which belongs to %s", imported, strings.Join(o.by, ", "))
			}
		}
		if !r.pure {
			continue
		}
		if slices.ContainsFunc(impure, func(std string) bool { return under(imported, std) }) {
			say("holds rules, and may not import %s", imported)
		}
	}
	for _, imported := range u.Tests {
		if own, ok := ours(imported); ok && own != u.Path && !withinAny(own, r.ours) && !withinAny(own, r.tests) {
			say("its tests may not import %s", own)
		}
	}
	if r.pure {
		for _, dep := range u.Deps {
			if foreign(dep) {
				say("holds rules, and may not depend on %s", dep)
			}
		}
	}
	return broken
}

// within tells whether the package is what the pattern names.
func within(pkg, pattern string) bool {
	if pattern == "..." {
		return true
	}
	if stem, ok := strings.CutSuffix(pattern, "/..."); ok {
		return under(pkg, stem)
	}
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}

func withinAny(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return within(pkg, p) })
}

func under(pkg, stem string) bool { return pkg == stem || strings.HasPrefix(pkg, stem+"/") }

// ours gives the path relative to the module, if the package is in it.
func ours(imported string) (string, bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// foreign packages are neither ours nor of the standard library, whose paths
// alone have no dot before the first slash.
func foreign(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

func listUnits(t *testing.T) []unit {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Dir,Imports,TestImports,XTestImports,Deps", "./...")
	cmd.Dir = ".."
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.Bytes())
	}
	var units []unit
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			unit
			ImportPath                string
			TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return units
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		own, _ := ours(p.ImportPath)
		p.Path, p.Tests = own, slices.Concat(p.TestImports, p.XTestImports)
		units = append(units, p.unit)
	}
}

// The law is worth nothing if it cannot find a breach.
func TestArchitecture_FindsBreaches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		unit unit
		says string // "" for none
	}{
		{"a rule uses rules", unit{Path: "server/domain/access", Imports: []string{"slices", "congvan/server/domain/document"}}, ""},
		{"a rule does I/O", unit{Path: "server/domain/org", Imports: []string{"net/http"}}, "may not import net/http"},
		{"a rule logs", unit{Path: "server/domain/org", Imports: []string{"log/slog"}}, "may not import log/slog"},
		{"a rule depends on a library", unit{Path: "server/domain/org", Deps: []string{"golang.org/x/text/unicode/norm"}}, "may not depend on golang.org"},
		{"a rule looks up", unit{Path: "server/domain/document", Imports: []string{"congvan/server/domain/access"}}, "may not import server/domain/access"},
		{"a rule looks aside", unit{Path: "server/domain/routing", Imports: []string{"congvan/server/domain/signing"}}, "may not import server/domain/signing"},
		{"a rule's test opens a database", unit{Path: "server/domain/org", Tests: []string{"congvan/storage/postgres"}}, "its tests may not import storage/postgres"},
		{"storage decides", unit{Path: "storage/postgres", Imports: []string{"congvan/server/app/outgoing"}}, "may not import server/app/outgoing"},
		{"one verb calls another", unit{Path: "server/app/outgoing", Imports: []string{"congvan/server/app/notice"}}, "may not import server/app/notice"},
		{"a use case stores", unit{Path: "server/app/outgoing", Imports: []string{"congvan/storage/postgres", "congvan/server/job"}}, ""},
		{"a use case starts servers", unit{Path: "server/app/outgoing", Imports: []string{"congvan/storage/embedded"}}, "may not import storage/embedded"},
		{"a use case speaks HTTP", unit{Path: "server/app/outgoing", Imports: []string{"github.com/gin-gonic/gin"}}, "belongs to server/api"},
		{"the contract reads tables", unit{Path: "server/api", Imports: []string{"congvan/storage/postgres"}}, "may not import storage/postgres"},
		{"the contract's test reads tables", unit{Path: "server/api", Tests: []string{"congvan/storage/postgres"}}, ""},
		{"the contract speaks SQL", unit{Path: "server/api", Imports: []string{"github.com/jackc/pgx/v5/pgxpool"}}, "belongs to storage"},
		{"a second object client", unit{Path: "storage/embedded", Imports: []string{"github.com/minio/minio-go/v7"}}, "belongs to storage/blob"},
		{"a test as the other side", unit{Path: "storage/embedded", Tests: []string{"github.com/minio/minio-go/v7"}}, ""},
		{"a second mail client", unit{Path: "mailgateway/receive", Imports: []string{"github.com/emersion/go-imap/v2/imapclient"}}, "belongs to mailgateway/imap"},
		{"a library of a like name", unit{Path: "server/provider/text", Imports: []string{"github.com/jackc/pgxfake"}}, ""},
		{"a format stores", unit{Path: "server/protocol/edxml", Imports: []string{"congvan/storage/blob"}}, "may not import storage/blob"},
		{"main does more than call", unit{Path: ".", Imports: []string{"congvan/server/command", "congvan/server/config"}}, "may not import server/config"},
		{"a room without a row", unit{Path: "server/magic"}, "no row of the law"},
		{"a room below a row", unit{Path: "server/app/outgoing/deep"}, "no row of the law"},
		{"a name that says nothing", unit{Path: "server/provider/utils", Name: "utils"}, "the name says nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			broken := judge([]unit{c.unit})
			switch {
			case c.says == "" && len(broken) > 0:
				t.Errorf("a lawful package is judged: %q", broken)
			case c.says != "" && (len(broken) != 1 || !strings.Contains(broken[0], c.says)):
				t.Errorf("want one breach that says %q, got %q", c.says, broken)
			}
		})
	}
}
