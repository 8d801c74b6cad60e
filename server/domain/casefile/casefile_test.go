package casefile_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/casefile"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func id(n byte) org.ID { return org.ID{15: n} }

func day(t interface{ Fatal(...any) }, s string) org.Day {
	d, err := org.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func aFile(t testing.TB) casefile.File {
	t.Helper()
	f := casefile.File{ID: id(1), AgencyID: id(9), Heading: casefile.Heading{Year: 2026, Notation: "01.tccb", Title: "Hồ sơ  về việc thử", Retention: 10},
		Rights: casefile.Restricted, KeeperID: id(7), State: casefile.Open, Start: day(t, "2026-01-05")}
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	return f
}

func code(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	if f.Code == "invalid_request" && len(f.Fields) > 0 {
		return f.Fields[0].Name + ":" + f.Fields[0].Code
	}
	return f.Code
}

func entry(t testing.TB, n byte, on string) casefile.Entry {
	t.Helper()
	return casefile.Entry{DocumentID: id(n), Day: day(t, on), AddedAt: day(t, on).Start()}
}

func TestI1_CodeTitleAndNotationByTheRules(t *testing.T) {
	t.Parallel()
	f := aFile(t)
	if got := f.Code("H61.08"); got != "H61.08.2026.01.TCCB" {
		t.Errorf("code %s", got)
	}
	if f.Title != "Hồ sơ về việc thử" {
		t.Errorf("title %q", f.Title)
	}
	for _, bad := range []string{"", "TCCB", "01", "01.", ".TCCB", "00.TCCB", "01.TC CB", "01/TCCB", "123456.TCCB", "01.TCCBTCCBTCCBTCCBTCCB"} {
		h := casefile.Heading{Year: 2026, Notation: bad, Title: "x"}
		if got := code(h.Check()); got != "notation:invalid_notation" {
			t.Errorf("%q: %q", bad, got)
		}
	}
	if got := code((&casefile.Heading{Year: 2026, Notation: "1.ĐĐ", Title: "x", Retention: 71}).Check()); got != "retention:out_of_range" {
		t.Error(got)
	}
}

func TestI1_OneDocumentOnceAndInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	f := aFile(t)
	for _, e := range []casefile.Entry{entry(t, 1, "2026-03-01"), entry(t, 2, "2026-01-10"), entry(t, 3, "2026-02-01")} {
		if _, err := f.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Add(entry(t, 2, "2026-01-10")); code(err) != "in_the_file_already" {
		t.Error(err)
	}
	for i, want := range []org.ID{id(2), id(3), id(1)} {
		if got := f.InOrder()[i].DocumentID; got != want {
			t.Errorf("place %d: %s", i+1, got)
		}
	}
	if _, err := f.Remove(entry(t, 3, "2026-02-01"), " "); code(err) != "reason:required" {
		t.Error(err)
	}
	if _, err := f.Remove(entry(t, 3, "2026-02-01"), "thừa"); err != nil || len(f.Entries) != 2 {
		t.Error(err, len(f.Entries))
	}
}

func TestI1_ClosingIsCheckedAndReopeningNeedsAReason(t *testing.T) {
	t.Parallel()
	now := day(t, "2026-06-01").Start()
	by := document.By{Name: "Trần B"}
	f := aFile(t)
	if _, err := f.Close(day(t, "2026-05-30"), nil, by, now); code(err) != "casefile_not_ready" {
		t.Error(err)
	}
	same := document.Hash{1}
	lying := []casefile.Lying{{Final: true, Content: same, Reference: "1/QĐ"}, {Final: true, Content: same, Reference: "2/QĐ"}, {Reference: "dự thảo"}}
	_, err := f.Close(day(t, "2026-05-30"), lying, by, now)
	var told *fault.Error
	if !errors.As(err, &told) || len(told.Fields) != 2 || told.Fields[0].Code != "duplicate" || told.Fields[1].Code != "draft" {
		t.Errorf("%+v", told)
	}
	if _, err := f.Close(day(t, "2026-06-02"), lying[:1], by, now); code(err) != "end:future" {
		t.Error(err)
	}
	if _, err := f.Close(day(t, "2026-01-01"), lying[:1], by, now); code(err) != "end:ends_before_it_begins" {
		t.Error(err)
	}
	if _, err := f.Close(day(t, "2026-05-30"), lying[:1], by, now); err != nil || f.State != casefile.Closed {
		t.Fatal(err)
	}
	if _, err := f.Add(entry(t, 4, "2026-05-01")); code(err) != "casefile_closed" {
		t.Error(err)
	}
	if got := f.TransferDue().String(); got != "2027-05-30" {
		t.Errorf("to the archive by %s", got)
	}
	if _, err := f.Reopen(""); code(err) != "reason:required" {
		t.Error(err)
	}
	if _, err := f.Reopen("bổ sung tài liệu"); err != nil || f.State != casefile.Open {
		t.Error(err)
	}
}

func TestI2_DestructionNeedsTimeAndADecision(t *testing.T) {
	t.Parallel()
	f := aFile(t)
	f.State, f.End, f.Entries = casefile.Closed, day(t, "2026-05-30"), []casefile.Entry{entry(t, 1, "2026-03-01")}
	if got := f.KeptUntil().String(); got != "2036-12-31" {
		t.Errorf("kept until %s", got)
	}
	if _, err := f.Destroy("12/QĐ-UBND", day(t, "2036-12-31").Start()); code(err) != "casefile_kept" {
		t.Error(err)
	}
	later := day(t, "2037-01-01").Start()
	if _, err := f.Destroy(" ", later); code(err) != "decision:required" {
		t.Error(err)
	}
	for spoiled, spoil := range map[string]func(*casefile.File){
		"casefile_frozen":    func(f *casefile.File) { f.Frozen = true },
		"casefile_permanent": func(f *casefile.File) { f.Retention = casefile.Permanent },
		"casefile_open":      func(f *casefile.File) { f.State = casefile.Open },
	} {
		g := f
		spoil(&g)
		if _, err := g.Destroy("12/QĐ-UBND", later); code(err) != spoiled {
			t.Errorf("%s: %v", spoiled, err)
		}
	}
	event, err := f.Destroy("12/QĐ-UBND ngày 02/01/2037", later)
	if err != nil || f.State != casefile.Destroyed || f.Title == "" || len(f.Entries) != 0 || event.Data["count"] != "1" {
		t.Errorf("%v %+v %+v", err, f, event)
	}
	if _, err := f.Reopen("x"); code(err) != "casefile_destroyed" {
		t.Error(err)
	}
}

// Whatever is done in whatever order: while a file is frozen, nothing about it changes but the freezing.
func TestI2_AFrozenFileStaysAsItIsProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := casefile.File{ID: id(1), AgencyID: id(9), Heading: casefile.Heading{Year: 2026, Notation: "01.TCCB", Title: "x", Retention: 1},
			Rights: casefile.Public, KeeperID: id(7), State: casefile.Open, Start: day(t, "2026-01-05")}
		now := day(t, "2030-06-01").Start()
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			frozen, entries, state, keeper, title := f.Frozen, len(f.Entries), f.State, f.KeeperID, f.Title
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0:
				_, _ = f.Add(casefile.Entry{DocumentID: id(byte(rapid.IntRange(1, 5).Draw(t, "document"))), Day: f.Start, AddedAt: now})
			case 1:
				if entries > 0 {
					_, _ = f.Remove(f.Entries[0], "x")
				}
			case 2:
				_, _ = f.Close(day(t, "2026-02-01"), []casefile.Lying{{Final: true, Reference: "x"}}, document.By{}, now)
			case 3:
				_, _ = f.Reopen("x")
			case 4:
				_, _ = f.HandOver(org.Position{ID: id(byte(rapid.IntRange(7, 9).Draw(t, "keeper"))), AgencyID: id(9)}, "")
			case 5:
				_, _ = f.Destroy("1/QĐ", now)
			case 6:
				_, _ = f.Edit(func(f *casefile.File) { f.Title += "y" })
			case 7:
				if frozen {
					_, _ = f.Release("x")
				} else {
					_, _ = f.Freeze("x")
				}
			}
			if frozen && (len(f.Entries) != entries || f.State != state || f.KeeperID != keeper || f.Title != title) {
				t.Fatalf("a frozen file changed: %+v", f)
			}
		}
	})
}

func TestI1_TransferOfALeapDay(t *testing.T) {
	t.Parallel()
	f := casefile.File{State: casefile.Closed, End: day(t, "2028-02-29"), Heading: casefile.Heading{Retention: casefile.Permanent}}
	if got := f.TransferDue().String(); got != "2029-03-01" {
		t.Error(got)
	}
	if f.KeptUntil() != (org.Day{}) {
		t.Error("for ever has no last day")
	}
}
