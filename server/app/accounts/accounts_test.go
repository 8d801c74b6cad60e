package accounts_test

import (
	"context"
	"io"
	"io/fs"
	"sync/atomic"
	"testing"
	"time"

	"congvan/migrations/demo"
	"congvan/server/app/accounts"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/server/provider/sheet"
	"congvan/storage/storagetest"
)

// house is a service on a database of its own, with a clock that the test moves.
type house struct {
	*storagetest.Database
	*accounts.Service
	offset atomic.Int64
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.offset.Load())) }

func (h *house) later(d time.Duration) { h.offset.Add(int64(d)) }

func build(t *testing.T) *house {
	t.Helper()
	h := &house{Database: storagetest.DB(t)}
	h.Service = accounts.New(h.Store, h.now, accounts.Options{SessionIdle: time.Hour, SessionLife: 24 * time.Hour, ReadSheet: readSheet})
	return h
}

func readSheet(of string, content io.Reader) (accounts.Sheet, error) {
	form := map[string]func() sheet.Form{"agencies": sheet.Agencies, "units": sheet.Units, "people": sheet.People, "positions": sheet.Positions,
		"groups": sheet.Groups, "group_members": sheet.GroupMembers, "registers": sheet.Registers}[of]
	table, err := sheet.Read(content, form())
	if err != nil {
		return accounts.Sheet{}, err
	}
	rows := make([]accounts.SheetRow, len(table.Rows))
	for i, row := range table.Rows {
		rows[i] = row
	}
	return accounts.Sheet{Rows: rows, Problems: func() []accounts.ImportProblem {
		var problems []accounts.ImportProblem
		for _, p := range table.Problems() {
			problems = append(problems, accounts.ImportProblem(p))
		}
		return problems
	}}, nil
}

const demoPassword = "mot-hai-ba-bon"

// demoFiles are those of the province, in the order they build on each other.
var demoFiles = []struct{ of, file string }{{"agencies", "agencies.csv"}, {"units", "units.csv"}, {"people", "people.csv"},
	{"positions", "positions.csv"}, {"groups", "groups.csv"}, {"group_members", "group_members.csv"}, {"registers", "registers.csv"}}

// load brings in one of the province's files.
func (h *house) load(t testing.TB, of, file string, dryRun bool) accounts.ImportResult {
	t.Helper()
	content, err := fs.ReadFile(demo.Files(), file)
	if err != nil {
		t.Fatal(err)
	}
	return h.bring(t, of, string(content), dryRun)
}

// bring brings in a file that must be readable; its lines may be refused.
func (h *house) bring(t testing.TB, of, content string, dryRun bool) accounts.ImportResult {
	t.Helper()
	result, err := h.Import(context.Background(), accounts.System(), accounts.Import{Of: of, Content: reader(content), DryRun: dryRun,
		Password: func(string) string { return demoPassword }})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// province loads the whole province.
func province(t *testing.T) *house {
	t.Helper()
	h := build(t)
	for _, f := range demoFiles {
		if result := h.load(t, f.of, f.file, false); len(result.Problems) > 0 {
			t.Fatalf("%s: %+v", f.file, result.Problems)
		}
	}
	return h
}

// signIn signs in as an account of the province.
func (h *house) signIn(t testing.TB, login string) (string, accounts.Identity) {
	t.Helper()
	key, who, err := h.SignIn(context.Background(), accounts.SignIn{Login: login, Password: demoPassword, Address: "192.0.2.1", UserAgent: "test"})
	if err != nil {
		t.Fatalf("sign in as %s: %v", login, err)
	}
	return key, who
}

// person gives an account of the province as the policy knows it.
func (h *house) person(t testing.TB, login string) access.Person {
	t.Helper()
	_, who := h.signIn(t, login)
	return who.Person
}

func (h *house) count(t testing.TB, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := h.Admin(t).QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := h.Admin(t).Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// agency finds an agency by its code.
func (h *house) agency(t testing.TB, code string) accounts.Agency {
	t.Helper()
	var id org.ID
	var raw [16]byte
	if err := h.Admin(t).QueryRow(context.Background(), "select id from agency where code = $1", code).Scan(&raw); err != nil {
		t.Fatal(err)
	}
	id = raw
	a, err := h.Agency(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
