package document_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestSubmit_AsksForEverythingAtOnce(t *testing.T) {
	t.Parallel()
	d := in(document.Draft)
	d.Subject, d.Files, d.Recipients = " ", []document.File{{Role: document.Annex, Name: "phu-luc.xlsx", Hash: other}}, nil
	_, err := d.Submit(org.Position{}, "", noon)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "incomplete" {
		t.Fatal(err)
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
		if field.Code != "required" || field.Text.VI == "" || field.Text.EN == "" {
			t.Errorf("%+v", field)
		}
	}
	if want := []string{"subject", "files", "recipients", "approverPositionId"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

func TestSubmit_OnlyToALeaderOrAUnitHeadOfTheAgency(t *testing.T) {
	t.Parallel()
	foreign := leader
	foreign.AgencyID = org.ID{15: 7}
	for _, role := range []org.Role{org.Clerk, org.Officer, org.Admin} {
		p := leader
		p.Role = role
		d := in(document.Draft)
		if _, err := d.Submit(p, "", noon); codeOf(err) != "approverPositionId not_a_leader" {
			t.Errorf("%s: %v", role, err)
		}
	}
	head := leader
	head.Role = org.UnitHead // signs on a leader's order: TL.
	d := in(document.Draft)
	if _, err := d.Submit(head, "", noon); err != nil {
		t.Errorf("to a unit head: %v", err)
	}
	d = in(document.Draft)
	if _, err := d.Submit(foreign, "", noon); codeOf(err) != "approverPositionId not_a_leader" {
		t.Error(err)
	}
	d.SentBackReason = "Sai thể thức"
	e, err := d.Submit(leader, "  Kính trình  ", noon)
	if err != nil || d.ApproverPositionID != leader.ID || d.SentBackReason != "" || !d.SubmittedAt.Equal(noon) || e.Data["note"] != "Kính trình" {
		t.Errorf("%+v %+v %v", d, e, err)
	}
}

func TestA3_ADecisionIsOnTheBytesThatWereSeen(t *testing.T) {
	t.Parallel()
	for _, seen := range []document.Hash{other, {}} {
		for state, act := range map[document.State]func(*document.Document) error{
			document.Submitted: func(d *document.Document) error { _, err := d.Approve(document.By{}, seen, "", noon); return err },
			document.Approved:  func(d *document.Document) error { _, err := d.SendBack("Sai", seen, noon); return err },
			document.Numbered:  func(d *document.Document) error { _, err := d.Issue(seen, noon); return err },
		} {
			d := in(state)
			if err := act(&d); codeOf(err) != "stale" || fault.KindOf(err) != fault.Stale {
				t.Errorf("%s with %q: %v", state, seen, err)
			}
		}
	}
	d := in(document.Submitted)
	d.Files[0].Hash = document.Hash{}
	if _, err := d.Approve(document.By{}, document.Hash{}, "", noon); codeOf(err) != "stale" {
		t.Errorf("a file without a hash was approved: %v", err)
	}
}

func TestA3_OtherBytesThanTheApprovedOnesAreNeitherNumberedNorIssued(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*document.Document){
		"other bytes":  func(d *document.Document) { d.Files[0].Hash = other },
		"no main file": func(d *document.Document) { d.Files[0].Role = document.Annex },
		"no approval":  func(d *document.Document) { d.ApprovedHash, d.Files[0].Hash = document.Hash{}, document.Hash{} },
	} {
		d := in(document.Approved)
		spoil(&d)
		if _, err := d.TakeNumber(taken, noon); codeOf(err) != "approved_bytes_changed" {
			t.Errorf("numbered with %s: %v", name, err)
		}
		d = in(document.Numbered)
		spoil(&d)
		if _, err := d.Issue(d.Files[0].Hash, noon); codeOf(err) != "approved_bytes_changed" {
			t.Errorf("issued with %s: %v", name, err)
		}
	}
}

func TestApprove_TheApproverBecomesTheSigner(t *testing.T) {
	t.Parallel()
	d := in(document.Submitted)
	e, err := d.Approve(document.By{Position: leader, Name: "Đồng Văn Lâm"}, approved, " Đồng ý ", noon)
	if err != nil || d.SignerName != "Đồng Văn Lâm" || d.SignerTitle != "Chủ tịch" || d.ApprovedHash != approved || !d.ApprovedAt.Equal(noon) {
		t.Fatalf("%+v %v", d, err)
	}
	if e.Data["sha256"] != approved.String() || e.Data["note"] != "Đồng ý" {
		t.Errorf("%+v", e)
	}
	if e, err = d.SendBack("  Thiếu phụ lục ", approved, noon); err != nil || e.Data["reason"] != "Thiếu phụ lục" {
		t.Fatalf("%+v %v", e, err)
	}
	if d.SignerName != "" || d.SignerTitle != "" || !d.ApprovedHash.IsZero() || !d.ApprovedAt.IsZero() || d.SentBackReason != "Thiếu phụ lục" {
		t.Errorf("something of the approval stayed: %+v", d)
	}
}

func TestIssue_NeedsARecipient(t *testing.T) {
	t.Parallel()
	d := in(document.Numbered)
	d.Recipients = nil
	if _, err := d.Issue(approved, noon); codeOf(err) != "recipients required" {
		t.Error(err)
	}
}

func TestNumber_WithoutOneIsADefectOfOurs(t *testing.T) {
	t.Parallel()
	for _, n := range []document.TakenNumber{{}, {Number: 5, Day: taken.Day}, {Number: 5, RegisterID: taken.RegisterID}, {Number: -1, RegisterID: taken.RegisterID, Day: taken.Day}} {
		d := in(document.Approved)
		if _, err := d.TakeNumber(n, noon); err == nil || fault.KindOf(err) != fault.Internal || d.State != document.Approved {
			t.Errorf("%+v: %v", n, err)
		}
	}
}

func TestCheck_RefusesWhatCouldNotBeKept(t *testing.T) {
	t.Parallel()
	sized := func(n int) string { return strings.Repeat("ữ", n) }
	to := func(rs ...document.Recipient) func(*document.Document) {
		return func(d *document.Document) { d.Recipients = rs }
	}
	person := document.Recipient{Type: document.ToPerson, Role: document.ForAction, PositionID: org.ID{1}, Name: "Nguyễn Văn A"}
	name := document.Recipient{Type: document.ToName, Role: document.ForInformation, Name: "Như Điều 3"}
	for want, spoil := range map[string]func(*document.Document){
		"kind unknown_kind":            func(d *document.Document) { d.Kind = "CT" },
		"subject too_long":             func(d *document.Document) { d.Subject = sized(2001) },
		"note too_long":                func(d *document.Document) { d.Note = sized(2001) },
		"urgency unknown_urgency":      func(d *document.Document) { d.Urgency = "" },
		"files unknown_role":           func(d *document.Document) { d.Files[0].Role = "cover" },
		"files one_main":               func(d *document.Document) { d.Files = append(d.Files, d.Files[0]) },
		"files too_many":               func(d *document.Document) { d.Files = slices.Repeat([]document.File{{Role: document.Annex}}, 101) },
		"recipients too_many":          func(d *document.Document) { d.Recipients = make([]document.Recipient, 5001) },
		"recipients name":              to(document.Recipient{Type: document.ToName, Role: document.ForAction, Name: "  "}),
		"recipients twice":             to(person, name, person),
		"recipients unknown_role":      to(document.Recipient{Type: document.ToName, Name: "Bộ Nội vụ"}),
		"recipients unknown_recipient": to(document.Recipient{Type: document.ToUnit, Role: document.ForAction, AgencyID: org.ID{1}, Name: "Văn phòng"}),
	} {
		d := in(document.Draft)
		spoil(&d)
		if err := d.Check(); codeOf(err) != want || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", want, err)
		}
	}
	d := in(document.Draft)
	d.Subject, d.Note, d.Files, d.Recipients = sized(2000), sized(2000), nil, nil
	if err := d.Check(); err != nil {
		t.Errorf("a draft may be incomplete: %v", err)
	}
	d.Recipients = []document.Recipient{person, name, {Type: document.ToName, Role: document.ForAction, Name: "Lưu: VT"},
		{Type: document.ToUnit, Role: document.ForAction, UnitID: org.ID{1}, Name: sized(200)}, {Type: document.ToAgency, Role: document.ForAction, AgencyID: org.ID{1}, Name: "Sở Tư pháp"}}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func TestM3_StateSecretsAreRefused(t *testing.T) {
	t.Parallel()
	for _, open := range []string{"", "normal"} {
		if err := document.CheckSecrecy(open); err != nil {
			t.Errorf("%q: %v", open, err)
		}
	}
	for _, secret := range []string{"confidential", "secret", "top_secret", "Normal", " normal", "mật", "?"} {
		var f *fault.Error
		if err := document.CheckSecrecy(secret); !errors.As(err, &f) || f.Code != "state_secret" || f.Kind != fault.Invalid || f.Fields[0].Name != "secrecy" {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// life is what must be true of a document whatever is done to it, kept beside
// it in the plainest words.
type life struct {
	d        document.Document
	approved document.Hash // what the leader saw, while that decision stands
	files    []document.File
	number   int
	day      int
}

// try does an act as a use case does: on a copy that is thrown away on refusal.
func (l *life) try(act func(d *document.Document, now time.Time) error) bool {
	l.day++
	d := l.d
	d.Files = slices.Clone(l.d.Files)
	if act(&d, noon.AddDate(0, 0, l.day)) != nil {
		return false
	}
	l.d = d
	return true
}

func (l *life) check(t *rapid.T) {
	beyond := l.d.State == document.Approved || l.d.State == document.Numbered || l.d.State == document.Issued
	if beyond != !l.approved.IsZero() {
		t.Fatalf("%s, and the leader's decision is %q", l.d.State, l.approved)
	}
	if beyond && (l.d.ApprovedHash != l.approved || !slices.Equal(l.d.Files, l.files)) {
		t.Fatalf("the bytes of an approved version changed: %v, approved were %v", l.d.Files, l.files)
	}
	if numbered := l.d.State == document.Numbered || l.d.State == document.Issued; numbered != (l.d.Number > 0) {
		t.Fatalf("%s with number %d", l.d.State, l.d.Number)
	}
	if l.number != 0 && l.d.Number != l.number {
		t.Fatalf("number %d was lost for %d", l.number, l.d.Number)
	}
	l.number = l.d.Number
}

func TestA3_ApprovedBytesNeverChangeAndNumbersAreNeverLost(t *testing.T) {
	t.Parallel()
	seen := map[document.State]bool{}
	rapid.Check(t, func(t *rapid.T) {
		l := &life{d: in(document.Draft)}
		hash := func(t *rapid.T) document.Hash { return document.Hash{byte(rapid.IntRange(1, 3).Draw(t, "bytes"))} }
		t.Repeat(map[string]func(*rapid.T){
			"": l.check,
			"new file": func(t *rapid.T) {
				h := hash(t)
				l.try(func(d *document.Document, now time.Time) error {
					d.Files[0].Hash = h
					d.Files[0].Version++
					_, err := d.Edit(now)
					return err
				})
			},
			"new annex": func(t *rapid.T) {
				h := hash(t)
				l.try(func(d *document.Document, now time.Time) error {
					d.Files = append(d.Files[:1], document.File{Role: document.Annex, Name: "phu-luc.pdf", Hash: h, Size: 1})
					_, err := d.Edit(now)
					return err
				})
			},
			"submit": func(*rapid.T) {
				l.try(func(d *document.Document, now time.Time) error { _, err := d.Submit(leader, "", now); return err })
			},
			"withdraw": func(*rapid.T) {
				l.try(func(d *document.Document, now time.Time) error { _, err := d.Withdraw(now); return err })
			},
			"approve": func(t *rapid.T) {
				h := hash(t)
				if l.try(func(d *document.Document, now time.Time) error {
					_, err := d.Approve(document.By{Position: leader}, h, "", now)
					return err
				}) {
					l.approved, l.files = h, slices.Clone(l.d.Files)
				}
			},
			"send back": func(t *rapid.T) {
				h := hash(t)
				if l.try(func(d *document.Document, now time.Time) error { _, err := d.SendBack("Sai", h, now); return err }) {
					l.approved, l.files = document.Hash{}, nil
				}
			},
			"number": func(t *rapid.T) {
				n := taken
				n.Number = rapid.IntRange(1, 99).Draw(t, "number")
				l.try(func(d *document.Document, now time.Time) error { _, err := d.TakeNumber(n, now); return err })
			},
			"issue": func(t *rapid.T) {
				h := hash(t)
				l.try(func(d *document.Document, now time.Time) error { _, err := d.Issue(h, now); return err })
			},
			"discard": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "really") == 0 {
					l.try(func(d *document.Document, now time.Time) error { _, err := d.Discard(now); return err })
				}
			},
		})
		seen[l.d.State] = true
	})
	for _, state := range []document.State{document.Draft, document.Submitted, document.Approved, document.Numbered, document.Issued, document.Discarded} {
		if !seen[state] {
			t.Errorf("no life ended %s: the walk is too short to prove anything", state)
		}
	}
}
