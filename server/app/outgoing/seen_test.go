package outgoing_test

import (
	"testing"

	"github.com/google/uuid"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// TestA3_ADecisionIsOnTheVersionThatWasSeen changes everything but the main
// file between the leader's look and the leader's decision.
func TestA3_ADecisionIsOnTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	office := d.Office(t, "H59.01", "Xã Long Đức")
	id, h := d.draft(t, outgoing.RecipientInput{Type: document.ToAgency, AgencyID: office.ID})
	submit := func() {
		t.Helper()
		if err := d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""); err != nil {
			t.Fatal(err)
		}
	}
	submit()
	seen, err := d.out.Read(t.Context(), d.sender.Leader, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.out.Withdraw(t.Context(), d.sender.Officer, access.Command{}, id); err != nil {
		t.Fatal(err)
	}
	now, err := d.out.Read(t.Context(), d.sender.Officer, id)
	if err != nil {
		t.Fatal(err)
	}
	other := "Về việc kỷ luật"
	if err := d.out.Edit(t.Context(), d.sender.Officer, d.sender.Officer.Positions[0].ID, id, now.Version, outgoing.Draft{Subject: &other}); err != nil {
		t.Fatal(err)
	}
	submit()
	command := access.Command{Seen: seen.Version}
	if err := d.out.Approve(t.Context(), d.sender.Leader, command, id, h, ""); fault.KindOf(err) != fault.Stale {
		t.Errorf("approving what was not seen: %v", err)
	}
	if err := d.out.SendBack(t.Context(), d.sender.Leader, command, id, "x", h); fault.KindOf(err) != fault.Stale {
		t.Errorf("sending back what was not seen: %v", err)
	}
	if now, err = d.out.Read(t.Context(), d.sender.Leader, id); err != nil {
		t.Fatal(err)
	}
	if err := d.out.Approve(t.Context(), d.sender.Leader, access.Command{Seen: now.Version}, id, h, ""); err != nil {
		t.Error(err)
	}
}

// TestA2_AnAnnexThatBecomesTheDocumentIsHeldToWhatADocumentMustBe also names a
// file twice, which once left two main files.
func TestA2_AnAnnexThatBecomesTheDocumentIsHeldToWhatADocumentMustBe(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	main, _ := d.Upload(t, d.sender.Officer.AccountID, "chi-thi.pdf")
	program, h := d.Upload(t, d.sender.Officer.AccountID, "evil.exe")
	if _, err := d.Admin(t).Exec(t.Context(), `update blob set media_type = 'application/vnd.microsoft.portable-executable' where sha256 = $1`, h[:]); err != nil {
		t.Fatal(err)
	}
	kind, subject := "directive", "Chỉ thị"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: main}, {Role: document.Annex, UploadID: program}}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{Key: uuid.NewString(), AccountID: d.sender.Officer.AccountID},
		outgoing.Draft{Kind: &kind, Subject: &subject, Files: &files})
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.out.Read(t.Context(), d.sender.Officer, id)
	if err != nil {
		t.Fatal(err)
	}
	a, b := v.Files[0].ID, v.Files[1].ID
	for name, in := range map[string][]outgoing.FileInput{
		"a program as the document": {{Role: document.MainFile, FileID: b}},
		"twice, other roles":        {{Role: document.Annex, FileID: a}, {Role: document.MainFile, FileID: a}},
		"twice":                     {{Role: document.MainFile, FileID: a}, {Role: document.Annex, FileID: b}, {Role: document.Annex, FileID: b}},
	} {
		err := d.out.Edit(t.Context(), d.sender.Officer, d.sender.Officer.Positions[0].ID, id, v.Version, outgoing.Draft{Files: &in})
		if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Unsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}
