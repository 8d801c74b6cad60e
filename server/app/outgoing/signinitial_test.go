package outgoing_test

import (
	"bytes"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/storage/postgres"
)

// certified gives a person a certificate of their own.
func (d *signingDesk) certified(t *testing.T, who access.Person) signing.Certificate {
	t.Helper()
	_, c := d.certificate(t, who.FullName, d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	c.AccountID, c.Provider = who.AccountID, signing.Software
	d.keep(t, c)
	return c
}

// submittedPDF gives a document on its way through two initials to the leader.
func (d *signingDesk) submittedPDF(t *testing.T, file []byte) outgoing.ToSign {
	t.Helper()
	u, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "chi-thi.pdf", 0, bytes.NewReader(file))
	need(t, err)
	kind, subj := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: u.ID}}
	to := []outgoing.RecipientInput{d.anyone(t)}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	need(t, err)
	steps := []document.CircuitStep{
		{Kind: document.InitialStep, People: []org.ID{seatOf(d.sender.Head)}, Quorum: 1},
		{Kind: document.InitialStep, People: []org.ID{seatOf(d.sender.Clerk)}, Quorum: 1},
		{Kind: document.ApproveStep, People: []org.ID{d.sender.LeaderPosition}, Quorum: 1},
	}
	v, err := d.out.Read(t.Context(), d.sender.Officer, id)
	need(t, err)
	need(t, d.out.PlanCircuit(t.Context(), d.sender.Officer, org.ID{}, id, v.Version, outgoing.Plan{Steps: steps}))
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, org.ID{}, ""))
	return outgoing.ToSign{DocumentID: id, Seen: u.Hash}
}

// waits tells whether the document stands in the person's list of what is to be done to it.
func (d *signingDesk) waits(t *testing.T, who access.Person, act document.Act, id org.ID) bool {
	t.Helper()
	list, err := d.out.Waiting(t.Context(), who, act)
	need(t, err)
	for _, one := range list {
		if one.ID == id {
			return true
		}
	}
	return false
}

func TestC1_InitialsAreSignaturesOnTheWay(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.submittedPDF(t, directive("1"))
	head, clerk := d.certified(t, d.sender.Head), d.certified(t, d.sender.Clerk)
	need(t, d.Store.InTx(t.Context(), postgres.AdministrationScope(), func(tx *postgres.Tx) error {
		return tx.SetSigningRule(t.Context(), signing.Rule{AgencyID: d.sender.ID, Initials: true})
	}))
	wantCode(t, d.out.Answer(t.Context(), d.sender.Head, access.Command{}, one.DocumentID, document.Initial, one.Seen, ""), "initial_unsigned")
	if !d.waits(t, d.sender.Head, document.Initial, one.DocumentID) || d.waits(t, d.sender.Clerk, document.Initial, one.DocumentID) {
		t.Error("it does not wait for the initials of the one who is asked alone")
	}
	wantCode(t, d.order(t, d.sender.Clerk, document.Initial, clerk.ID, one)[0].Refused, "forbidden") // not their turn
	d.work(t, d.order(t, d.sender.Head, document.Initial, head.ID, one)...)
	v, first := d.read(t, one.DocumentID)
	if v.State != document.Submitted || first.Seen == one.Seen || v.Files[0].Version != 1 || v.Files[0].Unsigned != one.Seen {
		t.Fatalf("after the first initials: %+v", v.Document)
	}
	d.work(t, d.order(t, d.sender.Clerk, document.Initial, clerk.ID, first)...)
	_, second := d.read(t, one.DocumentID)
	need(t, d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, one.DocumentID, second.Seen, ""))
	if !d.waits(t, d.sender.Leader, document.Sign, one.DocumentID) {
		t.Error("it does not wait for the leader's signature")
	}
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, second)...)
	need(t, d.out.Number(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}))
	_, signed := d.read(t, one.DocumentID)
	d.work(t, d.order(t, d.sender.Clerk, document.Seal, d.sealCert.ID, signed)...)
	_, sealed := d.read(t, one.DocumentID)
	report, err := signature.Verify(d.bytes(t, sealed.Seen), d.options())
	if err != nil || len(report.Signatures) != 4 {
		t.Fatalf("%+v %v", report, err)
	}
	for i, kind := range []signing.PlaceKind{signing.Initial, signing.Initial, signing.Signature, signing.Seal} {
		if s := report.Signatures[i]; s.Kind != kind || !s.Valid() {
			t.Errorf("signature %d: %+v", i+1, s)
		}
	}
}

func TestC3_SentBackWithInitialsItIsUnsignedAgain(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.submittedPDF(t, directive("1"))
	head := d.certified(t, d.sender.Head)
	d.work(t, d.order(t, d.sender.Head, document.Initial, head.ID, one)...)
	_, initialled := d.read(t, one.DocumentID)
	need(t, d.out.SendBack(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, "Sai căn cứ", initialled.Seen))
	v, back := d.read(t, one.DocumentID)
	if v.State != document.Draft || back.Seen != one.Seen || !v.Files[0].Unsigned.IsZero() {
		t.Fatalf("%+v", v.Document)
	}
	if !bytes.HasPrefix(d.bytes(t, initialled.Seen), d.bytes(t, one.Seen)) {
		t.Error("the initialled bytes are gone")
	}
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, one.DocumentID, org.ID{}, ""))
}

func TestA3_SignedAndSentBackNothingIsLost(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)...)
	_, signed := d.read(t, one.DocumentID)
	wantCode(t, d.out.SendBack(t.Context(), d.sender.Officer, access.Command{}, one.DocumentID, "Sai", signed.Seen), "forbidden")
	wantCode(t, d.out.SendBack(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, " ", signed.Seen), "invalid_request")
	need(t, d.out.SendBack(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, "Thiếu một nơi nhận", signed.Seen))
	v, back := d.read(t, one.DocumentID)
	if v.State != document.Draft || back.Seen != one.Seen || !v.SignedHash.IsZero() || !v.ApprovedHash.IsZero() || v.SignerName != "" ||
		v.SentBackReason != "Thiếu một nơi nhận" {
		t.Fatalf("%+v", v.Document)
	}
	kept := false
	for _, f := range v.EarlierFiles {
		kept = kept || f.Hash == signed.Seen
	}
	if !kept {
		t.Error("the signed bytes are not in the history")
	}
	// Approved and signed anew, on a new version.
	u, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "chi-thi.pdf", 0, bytes.NewReader(directive("2")))
	need(t, err)
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: u.ID}}
	need(t, d.out.Edit(t.Context(), d.sender.Officer, org.ID{}, one.DocumentID, v.Version, outgoing.Draft{Files: &files}))
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, one.DocumentID, d.sender.LeaderPosition, ""))
	need(t, d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, one.DocumentID, u.Hash, ""))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, outgoing.ToSign{DocumentID: one.DocumentID, Seen: u.Hash})...)
	if v, _ := d.read(t, one.DocumentID); v.State != document.Signed || v.Files[0].Version != 2 {
		t.Errorf("%+v", v.Document)
	}
}

func TestA3_AnOrderStillOpenEndsWhenTheDocumentGoesBack(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	o, sent := d.byHand(t, directive("1"))
	good, err := d.signed(t.Context(), d.leader, sent, o.Order.Place)
	need(t, err)
	_, seen := d.read(t, o.DocumentID)
	need(t, d.out.SendBack(t.Context(), d.sender.Clerk, access.Command{}, o.DocumentID, "Sai", seen.Seen))
	wantCode(t, d.back(t, o, good), "ticket")
}

// standIn gives a person who stands in for the leader.
func (d *signingDesk) standIn(powers ...org.Power) access.Person {
	p := d.sender.Head
	acting := d.sender.Leader.Positions[0]
	acting.AccountID = p.AccountID
	acting.Acting = &org.Acting{AccountID: d.sender.Leader.AccountID, FullName: d.sender.Leader.FullName, OwnTitle: "Phó Chủ tịch", OwnRole: org.Leader, Powers: powers}
	p.Positions = append([]org.Position{acting}, p.Positions...)
	return p
}

func TestH3_WhoStandsInSignsWhatTheyApproved(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	sub := d.standIn(org.PowerApprove)
	cert := d.certified(t, sub)
	mine, theirs := d.approvedPDF(t, directive("1"), d.anyone(t)), d.submittedToLeader(t, directive("2"))
	need(t, d.out.Approve(t.Context(), sub, access.Command{}, theirs.DocumentID, theirs.Seen, ""))
	// What the leader approved bears the leader's name: nobody else signs it.
	wantCode(t, d.order(t, sub, document.Sign, cert.ID, mine)[0].Refused, "approved_by_another")
	if d.waits(t, sub, document.Sign, mine.DocumentID) || !d.waits(t, sub, document.Sign, theirs.DocumentID) || d.waits(t, d.sender.Leader, document.Sign, theirs.DocumentID) {
		t.Error("the lists say otherwise")
	}
	if other := d.standIn(org.PowerRegister); d.waits(t, other, document.Sign, theirs.DocumentID) {
		t.Error("a substitute without that power has it to sign")
	}
	wantCode(t, d.order(t, d.standIn(org.PowerIssue), document.Sign, cert.ID, theirs)[0].Refused, "forbidden")
	items := d.order(t, sub, document.Sign, cert.ID, theirs)
	d.work(t, items...)
	v, _ := d.read(t, theirs.DocumentID)
	if v.State != document.Signed || v.SignerName != sub.FullName || v.SignerTitle[:3] != "KT." {
		t.Fatalf("%+v", v.Document)
	}
	events, err := d.out.Events(t.Context(), d.sender.Clerk, theirs.DocumentID, org.ID{}, 50)
	need(t, err)
	for _, e := range events {
		if e.Verb == "signed" && e.ForName != d.sender.Leader.FullName {
			t.Errorf("it does not say on whose behalf: %+v", e)
		}
	}
}

// submittedToLeader gives a document that its approver alone is asked for.
func (d *signingDesk) submittedToLeader(t *testing.T, file []byte) outgoing.ToSign {
	t.Helper()
	u, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "chi-thi.pdf", 0, bytes.NewReader(file))
	need(t, err)
	kind, subj := "directive", "Giữ vệ sinh nơi công cộng"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: u.ID}}
	to := []outgoing.RecipientInput{d.anyone(t)}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	need(t, err)
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""))
	return outgoing.ToSign{DocumentID: id, Seen: u.Hash}
}

func TestC4_AUnitHeadSignsOnALeadersOrder(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	cert := d.certified(t, d.sender.Head)
	u, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "thong-bao.pdf", 0, bytes.NewReader(directive("1")))
	need(t, err)
	kind, subj := "announcement", "Lịch trực"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: u.ID}}
	to := []outgoing.RecipientInput{d.anyone(t)}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	need(t, err)
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, seatOf(d.sender.Head), ""))
	need(t, d.out.Approve(t.Context(), d.sender.Head, access.Command{}, id, u.Hash, ""))
	if !d.waits(t, d.sender.Head, document.Sign, id) {
		t.Error("it does not wait for the unit head")
	}
	d.work(t, d.order(t, d.sender.Head, document.Sign, cert.ID, outgoing.ToSign{DocumentID: id, Seen: u.Hash})...)
	if v, _ := d.read(t, id); v.State != document.Signed {
		t.Errorf("it is %s", v.State)
	}
}
