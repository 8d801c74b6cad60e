package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/org"
)

type agencyView struct {
	ID, Code, Name, ShortName, ParentID, SuccessorID, ValidUntil string
	PredecessorIDs                                               []string
	Version                                                      int
}

type accountView struct {
	ID, Login, FullName, State, LeftOn string
	MustChangePassword                 bool
	Positions                          []struct {
		ID, AgencyID, Role, Title, ValidUntil string
		Version                               int
	}
	Version int
}

func (i *installation) events(t testing.TB, agency org.ID, verb string) int {
	t.Helper()
	var n int
	i.scan(t, &n, "select count(*) from event where agency_id = $1 and verb = $2", agency, verb)
	return n
}

func TestAgencies_AddEditClose(t *testing.T) {
	t.Parallel()
	i := install(t)
	op := i.as(t, i.operator(t))
	add := func(code, name string, more object) agencyView {
		t.Helper()
		body := object{"code": code, "name": name, "shortName": name, "level": "department", "channel": "local", "validFrom": "2000-01-01"}
		for k, v := range more {
			body[k] = v
		}
		var a agencyView
		op.post("/api/administration/agencies", body).need(t, 201).into(t, &a)
		return a
	}
	root := add("H59", "UBND tỉnh Trà Vinh", object{"level": "province", "oldCode": "000.00.00.H59"})
	child := add("H59.01", "Sở Nội vụ", object{"parentId": root.ID})
	next := add("H61", "UBND tỉnh Vĩnh Long", object{"level": "province"})
	edit := func(a agencyView, body object) answer {
		return op.patch("/api/administration/agencies/"+a.ID, fmt.Sprintf(`"%d"`, a.Version), body)
	}
	for name, c := range map[string]struct {
		body  object
		field string
	}{
		"a taken code":      {object{"code": "H59", "name": "x", "level": "other", "channel": "paper", "validFrom": "2000-01-01"}, "code"},
		"a taken old code":  {object{"code": "H99", "oldCode": "000.00.00.H59", "name": "x", "level": "other", "channel": "paper", "validFrom": "2000-01-01"}, "oldCode"},
		"no address":        {object{"code": "H98", "name": "x", "level": "other", "channel": "mailbox", "validFrom": "2000-01-01"}, "email"},
		"a channel of none": {object{"code": "H98", "name": "x", "level": "other", "channel": "inside", "validFrom": "2000-01-01"}, "channel"},
	} {
		if p := op.post("/api/administration/agencies", c.body).refused(t, 422, "invalid_request"); p.Fields[0].Name != c.field {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for name, c := range map[string]struct {
		body object
		code string
	}{
		"a parent below":         {object{"parentId": child.ID}, "invalid_request"},
		"its own parent":         {object{"parentId": root.ID}, "invalid_request"},
		"an unknown parent":      {object{"parentId": uuid.NewString()}, "invalid_request"},
		"a successor, no end":    {object{"successorId": next.ID}, "invalid_request"},
		"its own successor":      {object{"successorId": root.ID, "validUntil": "2030-01-01"}, "successor_cycle"},
		"an end before it began": {object{"validUntil": "1999-01-01"}, "invalid_request"},
	} {
		if a := edit(root, c.body); a.Status != 422 || a.problem(t).Code != c.code {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	closed := edit(root, object{"validUntil": "2025-06-30", "successorId": next.ID}).need(t, 200)
	if closed.Header.Get("ETag") != `"2"` {
		t.Errorf("ETag %s", closed.Header.Get("ETag"))
	}
	edit(root, object{"name": "Tên mới"}).refused(t, 412, "stale")
	var after agencyView
	op.get("/api/agencies/"+next.ID).need(t, 200).into(t, &after)
	if len(after.PredecessorIDs) != 1 || after.PredecessorIDs[0] != root.ID {
		t.Errorf("%+v", after)
	}
	id, err := org.ParseID(root.ID)
	if err != nil {
		t.Fatal(err)
	}
	if i.events(t, id, "agency_added") != 1 || i.events(t, id, "agency_closed") != 1 {
		t.Error("the history misses an act")
	}
	for path, want := range map[string]int{"/api/agencies?q=tra%20vinh": 0, "/api/agencies?q=tra%20vinh&retired=true": 1, "/api/agencies?q=h59.01": 1,
		"/api/agencies?level=province": 1, "/api/agencies?parentId=" + root.ID: 1, "/api/agency-tree": 2} {
		var list struct{ Items []agencyView }
		if op.get(path).need(t, 200).into(t, &list); len(list.Items) != want {
			t.Errorf("%s finds %d, want %d", path, len(list.Items), want)
		}
	}
}

func TestAgencies_TypeAheadAndPages(t *testing.T) {
	t.Parallel()
	i := install(t)
	c := i.as(t, i.Office(t, "H59", "UBND tỉnh").Officer.AccountID)
	i.exec(t, `insert into agency (id, code, name, short_name, level, valid_from)
	           select gen_random_uuid(), 'X' || n, 'Ủy ban nhân dân xã ' || (array['Đức Mỹ', 'Mỹ Đức', 'An Phú'])[1 + n % 3] || ' ' || n, 'xã ' || n, 'commune', '2000-01-01'
	             from generate_series(1, 120) n`)
	seen, path, pages := map[string]bool{}, "/api/agencies?limit=20&q=", 0
	for next := ""; ; {
		var page struct {
			Items []agencyView
			Next  string
		}
		c.get(path+url.QueryEscape("đức mỹ")+"&cursor="+url.QueryEscape(next)).need(t, 200).into(t, &page)
		for _, a := range page.Items {
			if seen[a.ID] || !strings.Contains(a.Name, "Đức") {
				t.Errorf("%s stands twice or does not fit", a.Name)
			}
			seen[a.ID] = true
		}
		pages++
		if next = page.Next; next == "" {
			break
		}
	}
	if len(seen) != 80 || pages != 4 {
		t.Errorf("%d agencies on %d pages", len(seen), pages)
	}
	// Who begins with what was typed comes first.
	i.exec(t, `insert into agency (id, code, name, level, valid_from) values (gen_random_uuid(), 'Z1', 'Đức Mỹ', 'commune', '2000-01-01')`)
	var list struct{ Items []agencyView }
	c.get("/api/agencies?limit=1&q=duc+my").need(t, 200).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Name != "Đức Mỹ" {
		t.Errorf("first comes %+v", list.Items)
	}
	for q, want := range map[string]int{"my duc 12": 2, "MỸ  ĐỨC, 12": 2, "uc": 0, "%": 50, "' or 1=1": 0} {
		if c.get("/api/agencies?q="+url.QueryEscape(q)).need(t, 200).into(t, &list); len(list.Items) != want {
			t.Errorf("%q finds %d, want %d", q, len(list.Items), want)
		}
	}
}

func TestUnits_AddRenameClose(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, other := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	admin := i.as(t, i.Person(t, o.ID, org.ID{}, org.Admin).AccountID)
	path := "/api/administration/agencies/" + o.ID.String() + "/units"
	key := header{"Idempotency-Key", "thêm phòng mới"}
	var u struct {
		ID, Name, ValidUntil string
		Version              int
	}
	body := object{"name": "Phòng Nội chính", "abbreviation": "NC", "validFrom": "2020-01-01", "parentId": o.Unit.String()}
	admin.post(path, body, key).need(t, 201).into(t, &u)
	again := u
	admin.post(path, body, key).need(t, 201).into(t, &again)
	if again != u {
		t.Errorf("repeated: %+v", again)
	}
	body["name"] = "Phòng khác"
	admin.post(path, body, key).refused(t, 422, "idempotency_key_reused")
	body["parentId"] = other.Unit.String()
	if p := admin.post(path, body).refused(t, 422, "invalid_request"); p.Fields[0].Name != "parentId" {
		t.Errorf("%+v", p)
	}
	unit := "/api/administration/units/" + u.ID
	admin.patch(unit, `"1"`, object{"name": "Phòng Nội chính - Pháp chế", "validUntil": "2030-12-31"}).need(t, 200).into(t, &u)
	if u.Version != 2 || u.ValidUntil != "2030-12-31" {
		t.Errorf("%+v", u)
	}
	admin.patch(unit, `"1"`, object{"name": "x"}).refused(t, 412, "stale")
	admin.patch(unit, `"2"`, object{"validUntil": "2019-12-31"}).refused(t, 422, "invalid_request")
	var list struct{ Items []struct{ ID string } }
	if admin.get(path).need(t, 200).into(t, &list); len(list.Items) != 2 {
		t.Errorf("%d units", len(list.Items))
	}
	if i.events(t, o.ID, "unit_added") != 1 || i.events(t, o.ID, "unit_changed") != 1 {
		t.Error("the history misses an act")
	}
}

func TestAccounts_FromFirstPasswordToLeaving(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	me := i.Person(t, o.ID, org.ID{}, org.Admin).AccountID
	admin := i.as(t, me)
	key := header{"Idempotency-Key", "tài khoản mới"}
	body := object{"login": "thach.sary", "fullName": "Thạch Sa Ry", "agencyId": o.ID.String(), "unitId": o.Unit.String(), "role": "officer", "title": "Chuyên viên"}
	var made struct {
		Account  accountView
		Password string
	}
	admin.post("/api/administration/accounts", body, key).need(t, 201).into(t, &made)
	if made.Password == "" || !made.Account.MustChangePassword || len(made.Account.Positions) != 1 {
		t.Fatalf("%+v", made)
	}
	repeated := made
	admin.post("/api/administration/accounts", body, key).need(t, 201).into(t, &repeated)
	if repeated.Password != "" || repeated.Account.ID != made.Account.ID {
		t.Errorf("repeated: %+v", repeated)
	}
	if p := admin.post("/api/administration/accounts", body).refused(t, 422, "invalid_request"); p.Fields[0].Name != "login" || p.Fields[0].Code != "taken" {
		t.Errorf("%+v", p)
	}
	i.nobody(t).call("POST", "/api/session", object{"login": "thach.sary", "password": made.Password}).need(t, 200)

	path := "/api/administration/accounts/" + made.Account.ID
	var list struct{ Items []accountView }
	for q, want := range map[string]int{"q=thach+sa": 1, "q=ry": 1, "q=sary": 1, "q=khac": 0, "state=active&q=thach": 1, "state=left": 0, "agencyId=" + o.ID.String(): 6, "agencyId=" + uuid.NewString(): 0} {
		if admin.get("/api/administration/accounts?"+q).need(t, 200).into(t, &list); len(list.Items) != want {
			t.Errorf("%s finds %d, want %d", q, len(list.Items), want)
		}
	}
	var a accountView
	admin.patch(path, `"1"`, object{"fullName": "Thạch Sa Rây", "state": "locked"}).need(t, 200).into(t, &a)
	if a.State != "locked" || a.FullName != "Thạch Sa Rây" {
		t.Errorf("%+v", a)
	}
	i.nobody(t).call("POST", "/api/session", object{"login": "thach.sary", "password": made.Password}).refused(t, 403, "account_closed")
	admin.patch(path, `"1"`, object{"state": "active"}).refused(t, 412, "stale")
	admin.patch(path, `"2"`, object{"state": "active"}).need(t, 200)

	var again struct{ Password string }
	admin.post(path+"/reset-password", nil).need(t, 200).into(t, &again)
	if again.Password == "" || again.Password == made.Password {
		t.Errorf("%+v", again)
	}
	i.nobody(t).call("POST", "/api/session", object{"login": "thach.sary", "password": made.Password}).refused(t, 401, "wrong_credentials")

	admin.post(path+"/positions", object{"agencyId": o.ID.String(), "role": "clerk", "title": "Văn thư", "validFrom": "2020-01-01", "validUntil": "2019-01-01"}).refused(t, 422, "invalid_request")
	admin.post(path+"/positions", object{"agencyId": o.ID.String(), "role": "clerk", "title": "Văn thư", "validFrom": "2020-01-01"}).need(t, 201).into(t, &a)
	if len(a.Positions) != 2 {
		t.Fatalf("%+v", a)
	}
	position := "/api/administration/positions/" + a.Positions[0].ID
	admin.patch(position, `"1"`, object{"title": "Nhân viên văn thư", "validUntil": "2030-01-01"}).need(t, 200)
	admin.patch(position, `"1"`, object{"title": "x"}).refused(t, 412, "stale")

	admin.get(path).need(t, 200).into(t, &a)
	admin.patch(path, fmt.Sprintf(`"%d"`, a.Version), object{"state": "left"}).need(t, 200).into(t, &a)
	if a.State != "left" || a.LeftOn == "" {
		t.Errorf("%+v", a)
	}
	if admin.get("/api/administration/accounts?state=left").need(t, 200).into(t, &list); len(list.Items) != 1 {
		t.Errorf("%d have left", len(list.Items))
	}
	var people struct{ Positions []struct{ FullName string } }
	if admin.get("/api/people?q=thach").need(t, 200).into(t, &people); len(people.Positions) != 0 {
		t.Errorf("who has left can be chosen: %+v", people)
	}
	admin.patch("/api/administration/accounts/"+me.String(), `"1"`, object{"state": "locked"}).refused(t, 409, "own_account")
	for verb, want := range map[string]int{"account_added": 1, "account_locked": 1, "account_unlocked": 1, "account_left": 1, "password_reset": 1, "position_given": 2, "position_changed": 1} {
		if n := i.events(t, o.ID, verb); n != want {
			t.Errorf("%d events %s, want %d", n, verb, want)
		}
	}
}

func TestAccounts_AdministratorOfOneAgencyGainsNothingInAnother(t *testing.T) {
	t.Parallel()
	i := install(t)
	commune, province := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59", "UBND tỉnh")
	admin := i.as(t, i.Person(t, commune.ID, org.ID{}, org.Admin).AccountID)
	// The province's leader also holds a position in the commune.
	i.exec(t, `insert into position (agency_id, id, account_id, role, valid_from) values ($1, $2, $3, 'leader', '2020-01-01')`,
		commune.ID, uuid.New(), province.Leader.AccountID)
	shared, stranger := "/api/administration/accounts/"+province.Leader.AccountID.String(), "/api/administration/accounts/"+province.Clerk.AccountID.String()
	var a accountView
	admin.get(shared).need(t, 200).into(t, &a)
	if len(a.Positions) != 1 || a.Positions[0].AgencyID != commune.ID.String() {
		t.Errorf("positions elsewhere show: %+v", a.Positions)
	}
	admin.post(shared+"/reset-password", nil).refused(t, 403, "other_agencies")
	admin.patch(shared, `"1"`, object{"state": "locked"}).refused(t, 403, "other_agencies")
	admin.get(stranger).refused(t, 404, "not_found")
	admin.post(stranger+"/reset-password", nil).refused(t, 404, "not_found")
	admin.post(stranger+"/positions", object{"agencyId": commune.ID.String(), "role": "officer", "validFrom": "2020-01-01"}).refused(t, 404, "not_found")
	own := "/api/administration/accounts/" + commune.Clerk.AccountID.String()
	admin.post(own+"/positions", object{"agencyId": province.ID.String(), "role": "leader", "validFrom": "2020-01-01"}).refused(t, 404, "not_found")
	admin.post("/api/administration/accounts", object{"login": "moi", "fullName": "Mới", "agencyId": province.ID.String(), "role": "leader"}).refused(t, 404, "not_found")
	if p := admin.post("/api/administration/accounts", object{"login": "moi", "fullName": "Mới", "agencyId": commune.ID.String(), "unitId": province.Unit.String(), "role": "officer"}).
		refused(t, 422, "invalid_request"); p.Fields[0].Name != "unitId" {
		t.Errorf("%+v", p)
	}
}

func TestGroups_KeptByTheClerkSharedWithAll(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, other := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	clerk, officer, stranger := i.as(t, o.Clerk.AccountID), i.as(t, o.Officer.AccountID), i.as(t, other.Clerk.AccountID)
	body := object{"agencyId": o.ID.String(), "name": "Các xã", "memberIds": []string{o.ID.String(), other.ID.String(), o.ID.String()}}
	var g struct {
		ID, Name  string
		Shared    bool
		MemberIDs []string
		Version   int
	}
	clerk.post("/api/administration/groups", body).need(t, 201).into(t, &g)
	if len(g.MemberIDs) != 2 || g.Shared {
		t.Errorf("%+v", g)
	}
	officer.post("/api/administration/groups", body).refused(t, 403, "forbidden")
	stranger.post("/api/administration/groups", body).refused(t, 404, "not_found")
	body["memberIds"] = []string{uuid.NewString()}
	if p := clerk.post("/api/administration/groups", body).refused(t, 422, "invalid_request"); p.Fields[0].Name != "memberIds" {
		t.Errorf("%+v", p)
	}
	groups := func(c *client) int {
		t.Helper()
		var list struct{ Items []struct{ ID string } }
		c.get("/api/groups").need(t, 200).into(t, &list)
		return len(list.Items)
	}
	if groups(officer) != 1 || groups(stranger) != 0 {
		t.Error("a group of one's own agency does not show, or another's does")
	}
	path := "/api/administration/groups/" + g.ID
	clerk.patch(path, `"1"`, object{"shared": true, "memberIds": []string{other.ID.String()}}).need(t, 200).into(t, &g)
	if !g.Shared || len(g.MemberIDs) != 1 || g.Version != 2 {
		t.Errorf("%+v", g)
	}
	if groups(stranger) != 1 || groups(i.as(t, i.operator(t))) != 1 {
		t.Error("a shared group does not show")
	}
	stranger.patch(path, `"2"`, object{"name": "x"}).refused(t, 404, "not_found")
	clerk.patch(path, `"1"`, object{"name": "x"}).refused(t, 412, "stale")
	clerk.call("DELETE", path, nil, header{"If-Match", `"1"`}).refused(t, 412, "stale")
	clerk.call("DELETE", path, nil, header{"If-Match", `"2"`}).need(t, 204)
	clerk.call("DELETE", path, nil, header{"If-Match", `"2"`}).refused(t, 404, "not_found")
	if i.events(t, o.ID, "group_added") != 1 || i.events(t, o.ID, "group_changed") != 1 || i.events(t, o.ID, "group_removed") != 1 {
		t.Error("the history misses an act")
	}
}

func TestPeople_OfOnesOwnAgencies(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, other := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	c := i.as(t, o.Officer.AccountID)
	i.exec(t, "update account set full_name = 'Nguyễn Thị Đào' where id = $1", o.Leader.AccountID)
	type people struct {
		Units     []struct{ ID, AgencyID string }
		Positions []struct{ FullName, AgencyID, Role string }
	}
	for query, want := range map[string][2]int{"": {1, 4}, "?q=dao": {0, 1}, "?q=van+phong": {1, 0}, "?role=leader": {1, 1},
		"?agencyId=" + o.ID.String(): {1, 4}, "?agencyId=" + other.ID.String(): {0, 0}, "?agencyId=" + uuid.NewString(): {0, 0}} {
		var p people
		c.get("/api/people"+query).need(t, 200).into(t, &p)
		if len(p.Units) != want[0] || len(p.Positions) != want[1] {
			t.Errorf("%s: %d units, %d people, want %v", query, len(p.Units), len(p.Positions), want)
		}
		for _, pos := range p.Positions {
			if pos.AgencyID != o.ID.String() {
				t.Errorf("%s: somebody of another agency", query)
			}
		}
	}
	var kinds struct {
		Items []struct{ Code, Name, EnglishName string }
	}
	if c.get("/api/kinds").need(t, 200).into(t, &kinds); len(kinds.Items) < 29 {
		t.Errorf("%d kinds", len(kinds.Items))
	}
}
