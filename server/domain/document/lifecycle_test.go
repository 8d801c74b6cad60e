package document_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

var (
	committee = org.ID{15: 1}
	leader    = org.Position{ID: org.ID{15: 2}, AgencyID: committee, Role: org.Leader, Title: "Chủ tịch"}
	approved  = document.Hash{1}
	other     = document.Hash{2}
	noon      = time.Date(2017, 6, 15, 12, 0, 0, 0, org.Zone())
	taken     = document.TakenNumber{RegisterID: org.ID{15: 3}, Number: 5, Symbol: "CT-UBND", Written: "05/CT-UBND", Day: org.DayOf(noon)}
)

var (
	acts = []document.Act{document.Edit, document.Plan, document.Discard, document.Submit, document.Withdraw,
		document.Review, document.Initial, document.CheckLayout, document.GiveOpinion, document.Reassign, document.Return,
		document.Approve, document.SendBack, document.Reopen, document.Sign, document.Number, document.Seal, document.Issue,
		document.Void, document.TakeBack, document.Recall, document.Replace, document.Update}
	stages = map[document.Act]document.StepKind{document.Review: document.ReviewStep, document.Initial: document.InitialStep,
		document.CheckLayout: document.LayoutStep, document.GiveOpinion: document.OpinionStep}
	states = []document.State{document.Draft, document.Submitted, document.Approved, document.Signed,
		document.Numbered, document.Issued, document.Voided, document.Recalled, document.Discarded}
)

// in gives a document that stands in the state and lacks nothing.
func in(state document.State) document.Document {
	d := document.Document{
		ID: org.ID{15: 9}, AgencyID: committee, State: state, Kind: "directive", Subject: "Đẩy mạnh cải cách hành chính", Urgency: document.Normal,
		Files:      []document.File{{Role: document.MainFile, Version: 1, Name: "chi-thi.pdf", Hash: approved, Size: 10, MediaType: document.TypePDF}},
		Recipients: []document.Recipient{{Type: document.ToAgency, Role: document.ForAction, AgencyID: org.ID{15: 8}, Name: "Sở Nội vụ"}},
	}
	switch state {
	case document.Approved, document.Signed, document.Numbered, document.Issued, document.Voided, document.Recalled:
		d.ApprovedHash, d.ApprovedAt = approved, noon.Add(-time.Hour)
	}
	if state == document.Signed || state == document.Numbered {
		d.SignedHash = approved // as far as rules look: the same bytes and more
	}
	switch state {
	case document.Numbered, document.Issued, document.Voided, document.Recalled:
		d.RegisterID, d.Number, d.Symbol, d.Date, d.NumberedAt = taken.RegisterID, taken.Number, taken.Symbol, taken.Day, noon.Add(-time.Minute)
	}
	return d
}

// do carries an act out with everything that it asks for.
func do(d *document.Document, act document.Act) (document.Event, error) {
	switch act {
	case document.Edit:
		return d.Edit(noon)
	case document.Discard:
		return d.Discard(noon)
	case document.Submit:
		return d.Submit(leader, "", noon)
	case document.Withdraw:
		return d.Withdraw(noon)
	case document.Plan, document.Reassign:
		return d.Arrange(act, noon)
	case document.Review, document.Initial, document.CheckLayout, document.GiveOpinion:
		if d.State == document.Submitted {
			d.Stage = stages[act]
			defer func() { d.Stage = "" }()
		}
		return d.Answer(act, approved, "Nhất trí", noon)
	case document.Return:
		return d.Return("Sai thể thức", approved, noon)
	case document.Reopen:
		return d.Reopen("Có tệp mới", noon)
	case document.Approve:
		return d.Approve(document.By{Position: leader, Name: "Đồng Văn Lâm"}, approved, "", noon)
	case document.SendBack:
		return d.SendBack("Sai thể thức", approved, noon)
	case document.Sign, document.Seal:
		return d.TakeSigned(act, document.File{Hash: other, Size: 20}, noon)
	case document.Number:
		return d.TakeNumber(taken, noon)
	case document.Issue:
		return d.Issue(approved, noon)
	case document.Void:
		return ask(d, document.VoidNotice, nil)
	case document.TakeBack:
		return ask(d, document.TakeBackRequest, nil)
	case document.Recall:
		return ask(d, document.RecallRequest, nil)
	case document.Replace:
		return ask(d, document.ReplaceNotice, later())
	case document.Update:
		return ask(d, document.UpdateNotice, later())
	}
	return document.Event{}, errors.New("no such act")
}

// later is another document that the agency issued.
func later() *document.Document {
	d := in(document.Issued)
	d.ID, d.Number = org.ID{15: 10}, 6
	return &d
}

func ask(d *document.Document, kind document.RequestKind, by *document.Document) (document.Event, error) {
	_, event, err := d.Ask(document.Request{Kind: kind, Reason: "Sai thể thức", ByReference: "06/QĐ-UBND"}, by, noon)
	return event, err
}

// codeOf gives the code of the first refused field, or of the fault itself.
func codeOf(err error) string {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
		return ""
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Code
	}
	return f.Code
}

func TestA1_EveryActInEveryState(t *testing.T) {
	t.Parallel()
	// Written out apart from the code's own table, so that neither moves alone.
	leads := map[document.Act]map[document.State]document.State{
		document.Edit:        {document.Draft: document.Draft},
		document.Discard:     {document.Draft: document.Discarded},
		document.Submit:      {document.Draft: document.Submitted},
		document.Withdraw:    {document.Submitted: document.Draft},
		document.Plan:        {document.Draft: document.Draft, document.Submitted: document.Submitted},
		document.Review:      {document.Submitted: document.Submitted},
		document.Initial:     {document.Submitted: document.Submitted},
		document.CheckLayout: {document.Submitted: document.Submitted},
		document.GiveOpinion: {document.Submitted: document.Submitted},
		document.Reassign:    {document.Submitted: document.Submitted},
		document.Return:      {document.Submitted: document.Submitted},
		document.Reopen:      {document.Approved: document.Draft},
		document.Approve:     {document.Submitted: document.Approved},
		document.SendBack:    {document.Submitted: document.Draft, document.Approved: document.Draft, document.Signed: document.Draft},
		document.Sign:        {document.Approved: document.Signed},
		document.Number:      {document.Approved: document.Numbered, document.Signed: document.Numbered},
		document.Seal:        {document.Numbered: document.Numbered},
		document.Issue:       {document.Approved: document.Issued, document.Signed: document.Issued, document.Numbered: document.Issued},
		document.Void:        {document.Numbered: document.Voided, document.Issued: document.Voided},
		document.TakeBack:    {document.Issued: document.Issued},
		document.Recall:      {document.Issued: document.Recalled},
		document.Replace:     {document.Issued: document.Issued},
		document.Update:      {document.Issued: document.Issued},
	}
	for _, act := range acts {
		for _, state := range states {
			to, allowed := leads[act][state]
			if state.Allows(act) != allowed {
				t.Errorf("%s from %s: allowed %t, want %t", act, state, !allowed, allowed)
			}
			d := in(state)
			event, err := do(&d, act)
			switch {
			case act == document.Issue && (state == document.Approved || state == document.Signed):
				// Its number comes first; the next test shows the two together.
				if !errors.Is(err, document.ErrOutOfOrder) {
					t.Errorf("issued without a number: %v", err)
				}
			case allowed && (err != nil || d.State != to || event.Verb == "" || !d.UpdatedAt.Equal(noon)):
				t.Errorf("%s from %s: %s, %+v, %v; want %s", act, state, d.State, event, err, to)
			case !allowed && (!errors.Is(err, document.ErrOutOfOrder) || fault.KindOf(err) != fault.Conflict):
				t.Errorf("%s from %s is not refused as out of order: %v", act, state, err)
			}
		}
	}
	if rows := document.LifeCycle(); len(rows) != 30 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestA1_AnApprovedDocumentIsNumberedBeforeItIsIssued(t *testing.T) {
	t.Parallel()
	d := in(document.Approved)
	if _, err := d.TakeNumber(taken, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Issue(approved, noon); err != nil || d.State != document.Issued || d.Reference() != "05/CT-UBND" || !d.IssuedAt.Equal(noon) {
		t.Fatalf("%+v %v", d, err)
	}
}

func TestA1_ARefusedActChangesNothing(t *testing.T) {
	t.Parallel()
	wrong := map[string]func(*document.Document) error{
		"edit too long": func(d *document.Document) error {
			d.Subject = strings.Repeat("ă", 2001)
			_, err := d.Edit(noon)
			return err
		},
		"submit without a file": func(d *document.Document) error { d.Files = nil; _, err := d.Submit(leader, "", noon); return err },
		"submit to an officer": func(d *document.Document) error {
			_, err := d.Submit(org.Position{ID: org.ID{1}, AgencyID: committee, Role: org.Officer}, "", noon)
			return err
		},
		"approve other bytes":  func(d *document.Document) error { _, err := d.Approve(document.By{}, other, "", noon); return err },
		"send back in silence": func(d *document.Document) error { _, err := d.SendBack("  ", approved, noon); return err },
		"send back unseen":     func(d *document.Document) error { _, err := d.SendBack("Sai", other, noon); return err },
		"number without one":   func(d *document.Document) error { _, err := d.TakeNumber(document.TakenNumber{}, noon); return err },
		"issue unseen":         func(d *document.Document) error { _, err := d.Issue(other, noon); return err },
		"issue to nobody":      func(d *document.Document) error { d.Recipients = nil; _, err := d.Issue(approved, noon); return err },
	}
	for _, state := range states {
		for name, act := range wrong {
			d := in(state)
			err := act(&d)
			want := in(state)
			want.Subject, want.Files, want.Recipients = d.Subject, d.Files, d.Recipients // what the case itself spoiled
			if err == nil || !reflect.DeepEqual(d, want) {
				t.Errorf("%s from %s: %v, left %+v", name, state, err, d)
			}
		}
		for _, act := range acts {
			d := in(state)
			if _, err := do(&d, act); err != nil && !reflect.DeepEqual(d, in(state)) {
				t.Errorf("%s from %s: %v, left %+v", act, state, err, d)
			}
		}
	}
}

var update = flag.Bool("update", false, "write the life cycle into docs/life-of-a-document.md")

func TestA1_TheDocumentedLifeCycleIsTheTruth(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- the life cycle: go test ./server/domain/document -update -->\n", "<!-- end of the life cycle -->"
	path := filepath.Join("..", "..", "..", "docs", "life-of-a-document.md")
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(read)
	before, rest, found := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatal("the page has lost the marks around the life cycle")
	}
	want := before + begin + "\n" + document.Describe() + "\n" + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if page != want {
		t.Fatal("the page is not what the life cycle is; run go test ./server/domain/document -update")
	}
}
