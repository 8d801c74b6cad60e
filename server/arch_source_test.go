// This file holds what the law of imports cannot see: what is written inside
// the files.
package server_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	longestFile     = 500 // lines; beyond it a file has two subjects
	longestFunction = 80
)

// callers tells of some methods which packages or files alone may call them.
// Tests may.
var callers = []struct {
	methods []string
	by      []string
	why     string
}{
	{
		methods: []string{"Begin", "BeginTx", "BeginFunc", "BeginTxFunc"},
		by:      []string{"storage/postgres", "server/command/bench"},
		why:     "a transaction begins in InTx",
	},
	{
		methods: []string{"InTx"},
		// The books that storage/blob keeps of its objects change while bytes
		// flow, before and after the use case that the bytes are for.
		by:  []string{"server/app/*", "mailgateway/receive", "storage/postgres/blob.go", "storage/postgres/upload.go"},
		why: "a use case is one transaction, and only a use case",
	},
}

// clocks are the functions that read the clock. Rules and use cases get the
// time as a value, so that tests can move it.
var clocks = []string{"Now", "Since", "Until"}

// source is one file as the law reads it.
type source struct {
	unit  string // the package, relative to the module
	name  string
	files *token.FileSet
	file  *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

func (s source) line(p token.Pos) int { return s.files.Position(p).Line }

func (s source) breach(p token.Pos, format string, a ...any) string {
	return fmt.Sprintf("%s/%s:%d: %s", s.unit, s.name, s.line(p), fmt.Sprintf(format, a...))
}

func TestArchitecture_Sources(t *testing.T) {
	t.Parallel()
	for _, u := range listUnits(t) {
		sources := readSources(t, u)
		if broken := judgeComment(u, sources); broken != "" {
			t.Error(broken)
		}
		for _, s := range sources {
			for _, broken := range judgeSource(s) {
				t.Error(broken)
			}
		}
	}
}

// readSources reads every Go file of the folder, also those for other systems.
func readSources(t *testing.T, u unit) []source {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(u.Dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var sources []source
	for _, name := range names {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("read %s: %v", name, err)
			continue
		}
		if !ast.IsGenerated(file) {
			sources = append(sources, source{unit: u.Path, name: filepath.Base(name), files: files, file: file})
		}
	}
	return sources
}

// judgeComment asks that a package says what it decides.
func judgeComment(u unit, sources []source) string {
	production := slices.DeleteFunc(slices.Clone(sources), source.isTest)
	said := slices.ContainsFunc(production, func(s source) bool { return s.file.Doc != nil })
	if len(production) == 0 || said {
		return ""
	}
	return u.Path + ": has no package comment; say what it decides and what it must not do"
}

func judgeSource(s source) (broken []string) {
	if lines := s.files.File(s.file.FileStart).LineCount(); lines > longestFile {
		broken = append(broken, s.breach(s.file.Package, "has %d lines, more than %d; give each subject its file", lines, longestFile))
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if lines := s.line(n.End()) - s.line(n.Pos()); lines > longestFunction && !s.isTest() {
				broken = append(broken, s.breach(n.Pos(), "%s has %d lines, more than %d", n.Name.Name, lines, longestFunction))
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok {
				broken = append(broken, judgeCall(s, f)...)
			}
		}
		return true
	})
	return broken
}

func judgeCall(s source, f *ast.SelectorExpr) (broken []string) {
	on, _ := f.X.(*ast.Ident)
	name := f.Sel.Name
	if s.isTest() {
		switch {
		case isOn(on, "time") && name == "Sleep":
			return []string{s.breach(f.Pos(), "sleeps; wait for a condition, with a deadline")}
		case isOn(on, "t", "b", "f", "tb") && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, name):
			return []string{s.breach(f.Pos(), "skips; what is not run proves nothing")}
		}
		return nil
	}
	for _, c := range callers {
		if slices.Contains(c.methods, name) && !withinAny(s.unit, c.by) && !slices.Contains(c.by, s.unit+"/"+s.name) {
			broken = append(broken, s.breach(f.Pos(), "calls %s: %s", name, c.why))
		}
	}
	if isOn(on, "time") && slices.Contains(clocks, name) && withinAny(s.unit, []string{"server/domain/...", "server/app/..."}) {
		broken = append(broken, s.breach(f.Pos(), "reads the clock; the time comes in as a value"))
	}
	return broken
}

func isOn(x *ast.Ident, names ...string) bool { return x != nil && slices.Contains(names, x.Name) }

func TestArchitecture_FindsBreachesInSources(t *testing.T) {
	t.Parallel()
	long := "package p\nfunc f() {\n" + strings.Repeat("_ = 1\n", longestFunction) + "}\n"
	for _, c := range []struct {
		name, unit, file, text string
		says                   string // "" for none
	}{
		{"a use case's transaction", "server/app/outgoing", "issue.go", "package p\nfunc f() { s.InTx(nil) }", ""},
		{"a worker's transaction", "server/worker", "send.go", "package p\nfunc f() { s.InTx(nil) }", "calls InTx"},
		{"a test's transaction", "server/worker", "send_test.go", "package p\nfunc f() { s.InTx(nil) }", ""},
		{"the store's books", "storage/postgres", "blob.go", "package p\nfunc f() { s.InTx(nil) }", ""},
		{"a transaction hidden in storage", "storage/postgres", "document.go", "package p\nfunc f() { s.InTx(nil) }", "calls InTx"},
		{"a transaction besides", "server/app/outgoing", "issue.go", "package p\nfunc f() { pool.BeginTx(nil) }", "calls BeginTx"},
		{"a transaction in its room", "storage/postgres", "tx.go", "package p\nfunc f() { pool.BeginTx(nil) }", ""},
		{"a rule reads the clock", "server/domain/routing", "due.go", "package p\nvar x = time.Now()", "reads the clock"},
		{"the wiring reads the clock", "server/command", "serve.go", "package p\nvar x = time.Now()", ""},
		{"a test sleeps", "server/api", "x_test.go", "package p\nfunc f() { time.Sleep(1) }", "sleeps"},
		{"a test skips", "server/api", "x_test.go", "package p\nfunc f(t *T) { t.Skipf(``) }", "skips"},
		{"a decoder skips", "server/api", "x_test.go", "package p\nfunc f() { dec.Skip() }", ""},
		{"a long function", "server/api", "x.go", long, "has 81 lines"},
		{"a long test", "server/api", "x_test.go", long, ""},
		{"a full file", "server/api", "x.go", "package p\n" + strings.Repeat("// more\n", longestFile-1), ""},
		{"a long file", "server/api", "x.go", "package p\n" + strings.Repeat("// more\n", longestFile), "more than 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, c.file, c.text, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			broken := judgeSource(source{unit: c.unit, name: c.file, files: files, file: file})
			if want := min(1, len(c.says)); len(broken) != want || !strings.Contains(cmp.Or(append(broken, "")...), c.says) {
				t.Errorf("want %d breaches that say %q, got %q", want, c.says, broken)
			}
		})
	}
}

func TestArchitecture_FindsAPackageWithoutAComment(t *testing.T) {
	t.Parallel()
	read := func(name, text string) source {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		return source{unit: "web", name: name, files: files, file: file}
	}
	silent, test := read("a.go", "package web"), read("a_test.go", "// Package web is silent.\npackage web")
	if judgeComment(unit{Path: "web"}, []source{silent, test}) == "" {
		t.Error("a test's comment must not stand for the package")
	}
	if broken := judgeComment(unit{Path: "web"}, []source{silent, read("b.go", "// Package web speaks.\npackage web")}); broken != "" {
		t.Error(broken)
	}
}
