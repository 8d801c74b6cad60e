package api_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/api"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/storagetest"
)

// kind is a kind of person, as M2 walks through them.
type kind string

const (
	nobody     kind = "nobody"
	clerk      kind = "clerk"
	leader     kind = "leader"
	head       kind = "unit head"
	officer    kind = "officer"
	admin      kind = "agency administrator"
	operator   kind = "operator"
	reader     kind = "a clerk's token that may only read"
	stranger   kind = "clerk of another agency"
	ended      kind = "somebody whose position ended yesterday"
	mustChange kind = "a clerk who must change the password"
)

var (
	staff    = []kind{clerk, leader, head, officer, admin}
	everyone = []kind{clerk, leader, head, officer, admin, operator, reader, stranger, ended, mustChange}
)

// agency is an agency of the test with its people.
type agency struct {
	storagetest.Office
	Admin, Ended, MustChange org.ID
}

// world is what the operations are tried in: one's own agency and a foreign one
// with everything that one's own has.
type world struct {
	*installation
	home, foreign agency
	operator      org.ID
	readerToken   string
}

// call is one request.
type call struct {
	method, path string
	body         any
	headers      []header
	endless      bool // the answer goes on until the client goes
}

// thing is an object that a call is about.
type thing struct {
	id string
	of *agency // in which it lies, or would lie
	by org.ID  // the account whose own it is, where it belongs to a person
}

// row says of one operation who may do it, and how it is tried.
type row struct {
	// object makes a new object in the agency and gives its identifier. Without
	// one the operation is about no object.
	object func(t testing.TB, w *world, in *agency, by org.ID) string
	// request is the call about the object.
	request func(x thing) call
	// success is the status for those who may.
	success int
	// allowed are those who may do it with an object of their own agency. The
	// others get denied, or what instead says of them.
	allowed []kind
	denied  int
	instead map[kind]int
	// personal objects belong to a person and not to an agency: everybody may do
	// it with their own.
	personal bool
	// public objects are everybody's: a foreign one is as one's own.
	public bool
	// filter says that the object narrows a list: a foreign one gives an empty
	// list, as a missing one does.
	filter bool
	// owner is who may do it in the foreign agency, to prove that the object is there.
	owner kind
}

func (a *agency) account(k kind) org.ID {
	switch k {
	case leader:
		return a.Leader.AccountID
	case head:
		return a.Head.AccountID
	case officer:
		return a.Officer.AccountID
	case admin:
		return a.Admin
	case ended:
		return a.Ended
	case mustChange:
		return a.MustChange
	default:
		return a.Clerk.AccountID
	}
}

// account gives the account of a kind of person.
func (w *world) account(k kind) org.ID {
	switch k {
	case stranger:
		return w.foreign.account(clerk)
	case operator:
		return w.operator
	}
	return w.home.account(k)
}

func (w *world) client(t testing.TB, k kind) *client {
	t.Helper()
	switch k {
	case nobody:
		return w.nobody(t)
	case reader:
		return &client{installation: w.installation, t: t, token: w.readerToken}
	}
	return w.as(t, w.account(k))
}

func (w *world) agency(t testing.TB, code, name string) agency {
	t.Helper()
	a := agency{Office: w.Office(t, code, name)}
	a.Admin = w.Person(t, a.ID, org.ID{}, org.Admin).AccountID
	past := w.Person(t, a.ID, org.ID{}, org.Clerk)
	w.exec(t, "update position set valid_until = $2 where id = $1", past.Positions[0].ID, org.DayOf(w.now()).AddDays(-1).String())
	first := w.Person(t, a.ID, org.ID{}, org.Clerk)
	w.exec(t, "update account set must_change_password = true where id = $1", first.AccountID)
	a.Ended, a.MustChange = past.AccountID, first.AccountID
	return a
}

func (c *client) do(x call) answer {
	c.t.Helper()
	headers := append([]header{{"Idempotency-Key", uuid.NewString()}}, x.headers...)
	if x.method != http.MethodGet { // on a download it would ask for other bytes
		headers = append(headers, header{"If-Match", `"1"`})
	}
	if x.endless {
		return c.begin(x.method, x.path, headers...)
	}
	return c.call(x.method, x.path, x.body, headers...)
}

// masked is an answer without what differs from one request to the next.
func masked(a answer) string {
	var b bytes.Buffer
	fmt.Fprintln(&b, a.Status)
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		if name != "Date" && name != "X-Request-Id" {
			fmt.Fprintln(&b, name, a.Header[name])
		}
	}
	return b.String() + strings.ReplaceAll(string(a.Body), a.Header.Get("X-Request-Id"), "-")
}

// TestM2_EveryOperationHasARow fails for an operation that nobody decided about.
func TestM2_EveryOperationHasARow(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, d := range operationsOf(t) {
		id := d.spec.OperationID
		known[id] = true
		if _, ok := accessTable[id]; !ok {
			t.Errorf("%s has no row in access_table_test.go", id)
		}
		open := d.spec.Security != nil && len(*d.spec.Security) == 0
		if _, ok := api.Scopes[id]; ok == open {
			t.Errorf("%s: open is %v, and so is having a scope", id, open)
		}
	}
	for id := range accessTable {
		if !known[id] {
			t.Errorf("the row %s is of no operation", id)
		}
	}
	for id := range api.Scopes {
		if !known[id] {
			t.Errorf("the scope of %s is of no operation", id)
		}
	}
}

// TestM2_EveryOperationForEveryPersonOnOwnForeignAndMissing walks through all of it.
func TestM2_EveryOperationForEveryPersonOnOwnForeignAndMissing(t *testing.T) {
	t.Parallel()
	w := &world{installation: install(t)}
	w.home, w.foreign = w.agency(t, "H59.01", "Xã Long Đức"), w.agency(t, "H59.02", "Xã An Phú")
	w.operator = w.installation.operator(t)
	if _, err := w.blobs.Put(context.Background(), strings.NewReader(paper), blob.Hint{}); err != nil {
		t.Fatal(err)
	}
	w.readerToken = w.token(t, w.account(reader), "read").token
	for _, id := range slices.Sorted(maps.Keys(accessTable)) {
		r := accessTable[id]
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			open := isOpen(t, id)
			for _, k := range append([]kind{nobody}, everyone...) {
				w.own(t, id, r, k, open)
				if r.object != nil && !open && !r.public {
					w.others(t, r, k)
				}
			}
			if r.object != nil && !open {
				w.proveThere(t, r)
			}
		})
	}
}

func isOpen(t testing.TB, id string) bool {
	t.Helper()
	for _, d := range operationsOf(t) {
		if d.spec.OperationID == id {
			return d.spec.Security != nil && len(*d.spec.Security) == 0
		}
	}
	return false
}

// make gives a new object for the row.
func (w *world) make(t testing.TB, r row, in *agency, by org.ID) thing {
	t.Helper()
	x := thing{of: in, by: by}
	if r.object != nil {
		x.id = r.object(t, w, in, by)
	}
	return x
}

// expected is the status that a kind of person gets for an object of the home agency.
func (r row) expected(id string, k kind, open bool) int {
	switch {
	case open:
		return r.success
	case k == nobody:
		return http.StatusUnauthorized
	case k == mustChange && !api.BeforeChange[id]:
		return http.StatusForbidden
	case k == reader && api.Scopes[id] != access.ScopeRead:
		return http.StatusForbidden
	case k == reader:
		k = clerk
	}
	if slices.Contains(r.allowed, k) || r.personal {
		return r.success
	}
	if status, ok := r.instead[k]; ok {
		return status
	}
	return r.denied
}

func (w *world) own(t *testing.T, id string, r row, k kind, open bool) {
	t.Helper()
	if k == stranger && !r.public && !r.personal && r.object != nil {
		return // the home agency's objects are foreign to them: see others
	}
	x := w.make(t, r, &w.home, w.account(k))
	a := w.client(t, k).do(r.request(x))
	if want := r.expected(id, k, open); a.Status != want {
		t.Errorf("%s, own: status %d, want %d: %s", k, a.Status, want, a.Body)
	}
}

// others compares the answers for a foreign object and for none at all.
func (w *world) others(t *testing.T, r row, k kind) {
	t.Helper()
	there := &w.foreign
	if k == stranger {
		there = &w.home
	}
	owner := there.account(r.owner)
	foreign := w.make(t, r, there, owner)
	missing := foreign
	missing.id = uuid.NewString()
	got, none := w.client(t, k).do(r.request(foreign)), w.client(t, k).do(r.request(missing))
	if k == operator && !r.personal && slices.Contains(r.allowed, operator) {
		// Nothing is foreign to who runs the installation.
		if got.Status != r.success || none.Status < 400 && none.Status == got.Status && r.success != http.StatusOK {
			t.Errorf("%s: status %d on an object, %d on none: %s", k, got.Status, none.Status, none.Body)
		}
		return
	}
	if masked(got) != masked(none) {
		t.Errorf("%s: a foreign object answers\n%s\na missing one\n%s", k, masked(got), masked(none))
	}
	if got.Status < 400 && !r.filter {
		t.Errorf("%s: a foreign object answers %d: %s", k, got.Status, got.Body)
	}
}

// proveThere carries the operation out for the owner of the foreign object, so
// that all the refusals were not of something that nobody can do.
func (w *world) proveThere(t *testing.T, r row) {
	t.Helper()
	owner := w.foreign.account(r.owner)
	if r.owner == operator {
		owner = w.operator
	}
	x := w.make(t, r, &w.foreign, owner)
	if a := w.as(t, owner).do(r.request(x)); a.Status != r.success {
		t.Errorf("the %s of the foreign agency: status %d, want %d: %s", r.owner, a.Status, r.success, a.Body)
	}
}
