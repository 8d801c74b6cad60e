package demo_test

import (
	"encoding/csv"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"congvan/migrations/demo"
	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
)

// row is one line of a file, by column.
type row map[string]string

// rows reads a file and holds it to what all files promise.
func rows(t *testing.T, name string, columns ...string) []row {
	t.Helper()
	text, err := fs.ReadFile(demo.Files(), name)
	if err != nil {
		t.Fatal(err)
	}
	if !norm.NFC.IsNormal(text) {
		t.Errorf("%s is not in NFC", name)
	}
	records, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !slices.Equal(records[0], columns) {
		t.Fatalf("%s has the columns %v, want %v", name, records[0], columns)
	}
	var out []row
	for _, record := range records[1:] {
		r := row{}
		for i, cell := range record {
			if cell != strings.TrimSpace(cell) {
				t.Errorf("%s: %q has blanks around it", name, cell)
			}
			r[columns[i]] = cell
		}
		out = append(out, r)
	}
	return out
}

func validity(t *testing.T, r row) org.Validity {
	t.Helper()
	day := func(text string) org.Day {
		if text == "" {
			return org.Day{}
		}
		at, err := time.Parse("02/01/2006", text)
		if err != nil {
			t.Fatal(err)
		}
		d, err := org.NewDay(at.Year(), at.Month(), at.Day())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	v := org.Validity{From: day(r["valid_from"]), Until: day(r["valid_until"])}
	if err := v.Check(); err != nil || v.From.IsZero() {
		t.Errorf("%v: %v", r, err)
	}
	return v
}

// is tells whether a cell says yes.
func is(cell string) bool { return cell == "có" }

// province numbers the agencies by their place in the files, so that codes can
// stand for identifiers.
type province struct {
	agencies []org.Agency
	byCode   map[string]int
}

func id(n int) org.ID { return org.ID{14: byte(n >> 8), 15: byte(n)} }

func (p *province) at(t *testing.T, code string) *org.Agency {
	t.Helper()
	i, known := p.byCode[code]
	if !known {
		t.Fatalf("no agency has the code %q", code)
	}
	return &p.agencies[i]
}

// load reads files of agencies, later ones over earlier ones.
func load(t *testing.T, names ...string) *province {
	t.Helper()
	p := &province{byCode: map[string]int{}}
	var all []row
	for _, name := range names {
		inFile := map[string]bool{}
		for _, r := range rows(t, name, "code", "old_code", "name", "short_name", "abbreviation", "parent", "level", "place", "email", "channel", "valid_from", "valid_until", "successor") {
			if inFile[r["code"]] {
				t.Errorf("%s has %s twice", name, r["code"])
			}
			inFile[r["code"]] = true
			if _, known := p.byCode[r["code"]]; !known {
				p.byCode[r["code"]] = len(p.agencies)
				p.agencies = append(p.agencies, org.Agency{})
			}
			all = append(all, r)
		}
	}
	for _, r := range all {
		level, err := org.LevelNamed(r["level"])
		if err != nil {
			t.Errorf("%s: level %q", r["code"], r["level"])
		}
		channel, err := org.ChannelNamed(r["channel"])
		if err != nil {
			t.Errorf("%s: channel %q", r["code"], r["channel"])
		}
		v := validity(t, r)
		a := org.Agency{
			ID: id(p.byCode[r["code"]] + 1), Name: r["name"], ShortName: r["short_name"], Abbreviation: r["abbreviation"], Level: level,
			Place: r["place"], Email: r["email"], Channel: channel, Validity: v, Codes: []org.HeldCode{{Code: org.AgencyCode(r["code"]), Validity: v}},
		}
		if old := r["old_code"]; old != "" {
			a.Codes = append(a.Codes, org.HeldCode{Code: org.AgencyCode(old), Validity: v})
			if modern, err := org.AgencyCode(old).Modern(); err != nil || string(modern) != r["code"] {
				t.Errorf("%s: the old code %s becomes %s, %v", r["code"], old, modern, err)
			}
		}
		if r["parent"] != "" {
			a.ParentID = id(p.byCode[r["parent"]] + 1)
			p.at(t, r["parent"])
		}
		if r["successor"] != "" {
			a.SuccessorID = id(p.byCode[r["successor"]] + 1)
			p.at(t, r["successor"])
		}
		if err := a.Check(); err != nil || a.ShortName == "" || a.Abbreviation == "" || a.Place == "" || !strings.HasSuffix(a.Email, ".example") {
			t.Errorf("%s: %v, %+v", r["code"], err, a)
		}
		p.agencies[p.byCode[r["code"]]] = a
	}
	return p
}

func today(t *testing.T) org.Day {
	t.Helper()
	d, err := org.ParseDay("2017-03-20")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDemo_IsTheProvinceOf2017(t *testing.T) {
	t.Parallel()
	p := load(t, "agencies.csv")
	count := map[org.Level]int{}
	mailboxes, shorts := 0, map[string]bool{}
	d := org.NewDirectory(p.agencies)
	for _, a := range p.agencies {
		count[a.Level]++
		if a.Channel == org.Mailbox {
			mailboxes++
		}
		if shorts[a.ShortName] {
			t.Errorf("two agencies are called %s", a.ShortName)
		}
		shorts[a.ShortName] = true
		if got, err := d.Receiver(a.ID, today(t)); err != nil || got.ID != a.ID {
			t.Errorf("%s does not exist in 2017: %v", a.ShortName, err)
		}
		if err := d.CheckParent(a.ID, a.ParentID); err != nil {
			t.Errorf("%s: %v", a.ShortName, err)
		}
	}
	if len(p.agencies) < 101 || count[org.Province] != 2 || count[org.District] != 9 || count[org.Commune] != 61 || mailboxes != 3 {
		t.Errorf("%d agencies, %v, %d with only a mailbox; want over 100, 60 communes and one council of a commune", len(p.agencies), count, mailboxes)
	}
}

// staff gives who holds which role in which agency today.
func staff(t *testing.T, p *province) map[string]map[org.Role][]string {
	t.Helper()
	units := map[[2]string]bool{}
	for _, r := range rows(t, "units.csv", "agency", "name", "abbreviation", "parent", "valid_from", "valid_until") {
		a := p.at(t, r["agency"])
		if v := validity(t, r); v.Begins(today(t)) || (org.Unit{Name: r["name"]}).Check() != nil {
			t.Errorf("unit %v", r)
		}
		for _, name := range []string{r["name"], r["abbreviation"]} {
			if units[[2]string{r["agency"], name}] {
				t.Errorf("%s has two units %s", r["agency"], name)
			}
			units[[2]string{r["agency"], name}] = true
		}
		letter, _ := document.KindByCode(document.OfficialLetter)
		if _, err := numbering.Compose(numbering.Number{Value: 1}, letter, a.Abbreviation, r["abbreviation"], 2017); err != nil {
			t.Errorf("%s-%s cannot stand in a symbol: %v", a.Abbreviation, r["abbreviation"], err)
		}
	}
	accounts := map[string]bool{}
	names := map[string]bool{}
	for _, r := range rows(t, "people.csv", "login", "full_name", "email", "operator") {
		if err := (org.Account{Login: r["login"], FullName: r["full_name"]}).Check(); err != nil {
			t.Errorf("%v: %v", r, err)
		}
		if accounts[r["login"]] || names[r["full_name"]] {
			t.Errorf("%s, %s: twice", r["login"], r["full_name"])
		}
		accounts[r["login"]], names[r["full_name"]] = true, true
	}
	held := map[string]map[org.Role][]string{}
	idle := map[string]bool{}
	for login := range accounts {
		idle[login] = true
	}
	for _, r := range rows(t, "positions.csv", "login", "agency", "unit", "role", "title", "valid_from", "valid_until") {
		p.at(t, r["agency"])
		role, err := org.RoleNamed(r["role"])
		if err != nil || !accounts[r["login"]] || r["title"] == "" || r["unit"] != "" && !units[[2]string{r["agency"], r["unit"]}] {
			t.Errorf("position %v: %v", r, err)
		}
		delete(idle, r["login"])
		if validity(t, r).Contains(today(t)) {
			if held[r["agency"]] == nil {
				held[r["agency"]] = map[org.Role][]string{}
			}
			held[r["agency"]][role] = append(held[r["agency"]][role], r["login"])
		}
	}
	if len(idle) > 0 {
		t.Errorf("without a position: %v", idle)
	}
	return held
}

func TestDemo_EveryAgencyHasItsPeople(t *testing.T) {
	t.Parallel()
	p := load(t, "agencies.csv")
	held := staff(t, p)
	small := 0
	for code, i := range p.byCode {
		roles := held[code]
		switch {
		case p.agencies[i].Channel == org.Mailbox:
			if len(roles) > 0 {
				t.Errorf("%s has only a mailbox, but people: %v", code, roles)
			}
		case len(roles[org.Clerk]) == 0:
			t.Errorf("%s has no clerk", code)
		case len(roles[org.Leader]) == 0 || len(roles[org.UnitHead]) == 0 || len(roles[org.Officer]) == 0:
			small++
		}
	}
	if small != 2 {
		t.Errorf("%d agencies are not fully staffed, want the small commune's committee and council", small)
	}
	committee, council := held["H59.35.07"], held["K59.35.07"]
	if len(committee) != 2 || len(committee[org.Leader]) != 1 || !slices.Equal(committee[org.Clerk], council[org.Clerk]) || len(council) != 1 {
		t.Errorf("the commune of two people: %v and %v", committee, council)
	}
}

func TestM6_SomePeopleServeSeveralAgencies(t *testing.T) {
	t.Parallel()
	p := load(t, "agencies.csv")
	agencies := map[string]map[string]bool{}
	for code, roles := range staff(t, p) {
		for _, logins := range roles {
			for _, login := range logins {
				if agencies[login] == nil {
					agencies[login] = map[string]bool{}
				}
				agencies[login][code] = true
			}
		}
	}
	several := 0
	for _, codes := range agencies {
		if len(codes) > 1 {
			several++
		}
	}
	if several < 3 {
		t.Errorf("%d people serve several agencies", several)
	}
}

func TestDemo_Groups(t *testing.T) {
	t.Parallel()
	p := load(t, "agencies.csv")
	size := map[[2]string]int{}
	for _, r := range rows(t, "groups.csv", "agency", "name", "shared") {
		p.at(t, r["agency"])
		if !is(r["shared"]) || r["name"] == "" {
			t.Errorf("group %v", r)
		}
		size[[2]string{r["agency"], r["name"]}] = 0
	}
	seen := map[[3]string]bool{}
	for _, r := range rows(t, "group_members.csv", "agency", "group", "member") {
		p.at(t, r["member"])
		group, member := [2]string{r["agency"], r["group"]}, [3]string{r["agency"], r["group"], r["member"]}
		if _, known := size[group]; !known || seen[member] {
			t.Errorf("member %v of an unknown group, or twice", r)
		}
		seen[member] = true
		size[group]++
	}
	for name, want := range map[string]int{
		"Các Sở, Ban, ngành tỉnh": 19, "UBND các huyện, thị xã, thành phố": 9, "UBND các xã, phường, thị trấn": 60,
		"Tất cả cơ quan trong tỉnh": len(p.agencies) - 1,
	} {
		if got := size[[2]string{"H59", name}]; got != want {
			t.Errorf("%s has %d members, want %d", name, got, want)
		}
	}
	communes := 0
	for group, n := range size {
		if group[0] != "H59" {
			communes += n
		}
	}
	if communes != 60 || len(size) != 4+9 {
		t.Errorf("%d groups; the districts' have %d communes", len(size), communes)
	}
}

func TestB2_EveryAgencyCanNumberEveryKind(t *testing.T) {
	t.Parallel()
	p := load(t, "agencies.csv")
	var registers []numbering.Register
	codes := map[[3]string]bool{}
	for _, r := range rows(t, "registers.csv", "agency", "code", "direction", "name", "year", "kinds", "normative", "council", "symbol_agency", "opening_number") {
		direction, err := numbering.DirectionNamed(r["direction"])
		if err != nil || r["year"] != "" || r["opening_number"] != "1" {
			t.Errorf("register %v: %v", r, err)
		}
		reg := numbering.Register{
			AgencyID: p.at(t, r["agency"]).ID, Code: r["code"], Direction: direction, Year: 2017, Name: r["name"], Normative: is(r["normative"]),
			Council: is(r["council"]), SymbolAgency: r["symbol_agency"], Opening: 1, Next: 1,
		}
		for word := range strings.SplitSeq(r["kinds"], ";") {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			kind, known := document.KindNamed(word)
			if !known {
				t.Errorf("register %v: kind %q", r, word)
			}
			reg.Kinds = append(reg.Kinds, kind.Code)
		}
		key := [3]string{r["agency"], r["direction"], r["code"]}
		if err := reg.Check(); err != nil || codes[key] {
			t.Errorf("register %v: %v", r, err)
		}
		codes[key] = true
		registers = append(registers, reg)
	}
	for code, i := range p.byCode {
		a := p.agencies[i]
		for _, kind := range document.Kinds() {
			normative := kind.Code == "normative_decision" && code == "H59" || kind.Code == "normative_resolution" && code == "K59"
			want := a.Channel == org.Local && (!kind.Normative || normative)
			got, err := numbering.Choose(registers, a.ID, numbering.Outgoing, kind, today(t))
			if (err == nil) != want {
				t.Errorf("%s, %s: %q, %v", code, kind.Code, got.Code, err)
			}
			if _, err := numbering.Choose(registers, a.ID, numbering.Incoming, kind, today(t)); (err == nil) != (a.Channel == org.Local) {
				t.Errorf("%s, an incoming %s: %v", code, kind.Code, err)
			}
		}
	}
}

func TestDemo_TheMergerLeadsEveryAgencyToVinhLong(t *testing.T) {
	t.Parallel()
	before, after := load(t, "agencies.csv"), load(t, "agencies.csv", "merger.csv")
	d := org.NewDirectory(after.agencies)
	last, err := org.ParseDay("2025-06-30")
	if err != nil {
		t.Fatal(err)
	}
	merged := last.AddDays(1)
	districts := 0
	for code, i := range before.byCode {
		for _, held := range before.agencies[i].Codes {
			old, err := d.ReceiverOf(held.Code, last)
			if err != nil || !strings.HasPrefix(string(old.Codes[0].Code), "H59") && !strings.HasPrefix(string(old.Codes[0].Code), "K59") {
				t.Errorf("%s on the last day of Trà Vinh: %v, %v", held.Code, old.ShortName, err)
			}
			got, err := d.ReceiverOf(held.Code, merged)
			if before.agencies[i].Level == org.District {
				districts++
				if err == nil {
					t.Errorf("%s goes to %s, but districts have no successor", held.Code, got.ShortName)
				}
				continue
			}
			if err != nil || !strings.HasPrefix(string(got.Codes[0].Code), "H61") && !strings.HasPrefix(string(got.Codes[0].Code), "K61") && code != "H59.40" {
				t.Errorf("%s on the first day of the merged province: %v, %v", held.Code, got.ShortName, err)
			}
		}
	}
	if districts != 18 {
		t.Errorf("%d codes of districts", districts)
	}
	for code, want := range map[string]string{
		"H59": "UBND tỉnh Vĩnh Long", "000.00.00.H59": "UBND tỉnh Vĩnh Long", "H07": "UBND tỉnh Vĩnh Long", "H61": "UBND tỉnh Vĩnh Long",
		"H59.12": "Sở Khoa học và Công nghệ Vĩnh Long", "H59.09": "Sở Nông nghiệp và Môi trường Vĩnh Long", "H59.08.02": "Sở Nội vụ Vĩnh Long",
		"H59.35.07": "UBND xã Long Hòa, tỉnh Vĩnh Long", "K59.35.07": "HĐND xã Long Hòa, tỉnh Vĩnh Long", "H59.31.01": "UBND phường Trà Vinh, tỉnh Vĩnh Long",
	} {
		if got, err := d.ReceiverOf(org.AgencyCode(code), merged); err != nil || got.ShortName != want {
			t.Errorf("%s: %q, %v; want %s", code, got.ShortName, err, want)
		}
	}
	// The reform of 1 March 2025 is a step of its own on the way.
	if got, err := d.ReceiverOf("H59.12", last); err != nil || got.ShortName != "Sở Khoa học và Công nghệ" {
		t.Errorf("Sở Thông tin và Truyền thông in June 2025: %q, %v", got.ShortName, err)
	}
}

// TestH4_TheCalendarOfTheDemoIsOne: each year makes a calendar, a day that is
// worked is a day of rest by its weekday, and Tết is five working days long.
func TestH4_TheCalendarOfTheDemoIsOne(t *testing.T) {
	t.Parallel()
	days := map[int][]org.SpecialDay{}
	tet := map[int]int{}
	for _, r := range rows(t, "calendar.csv", "day", "working", "name") {
		at, err := time.Parse("02/01/2006", r["day"])
		if err != nil {
			t.Fatal(err)
		}
		day, err := org.NewDay(at.Date())
		if err != nil {
			t.Fatal(err)
		}
		weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		if is(r["working"]) && !weekend {
			t.Errorf("%v: worked anyway", r)
		}
		if strings.Contains(r["name"], "Tết Nguyên đán") && !weekend {
			tet[at.Year()]++
		}
		days[at.Year()] = append(days[at.Year()], org.SpecialDay{Day: day, Working: is(r["working"]), Name: r["name"]})
	}
	for _, year := range []int{2017, 2025, 2026, 2027} {
		if err := org.CheckYear(year, org.Weekend(), days[year]); err != nil {
			t.Errorf("%d: %v", year, err)
		}
		if tet[year] != 5 {
			t.Errorf("%d: %d working days of rest at Tết", year, tet[year])
		}
	}
}
