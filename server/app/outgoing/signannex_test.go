package outgoing_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
)

// sealAll numbers the document and seals everything of it.
func (d *signingDesk) sealAll(t *testing.T, id org.ID) []outgoing.Ordered {
	t.Helper()
	_, now := d.read(t, id)
	items := d.order(t, d.sender.Clerk, document.Seal, d.sealCert.ID, now)
	d.work(t, items...)
	return items
}

func (d *signingDesk) upload(t *testing.T, name string, file []byte) outgoing.Upload {
	t.Helper()
	u, err := d.out.UploadWhole(t.Context(), d.sender.Officer, name, 0, bytes.NewReader(file))
	need(t, err)
	return u
}

func textOf(t *testing.T, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.pdf")
	need(t, os.WriteFile(path, file, 0o600))
	said, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return string(said)
}

func TestC6_AnAnnexInAFileOfItsOwnIsSignedBeforeItIsIssued(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	main, annex, sheet := d.upload(t, "chi-thi.pdf", directive("1")), d.upload(t, "phu-luc.pdf", directive("2")), d.upload(t, "bieu.txt", []byte("một, hai"))
	kind, subj := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: main.ID}, {Role: document.Annex, UploadID: annex.ID}, {Role: document.Annex, UploadID: sheet.ID}}
	to := []outgoing.RecipientInput{d.anyone(t)}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	need(t, err)
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""))
	need(t, d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, id, main.Hash, ""))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, outgoing.ToSign{DocumentID: id, Seen: main.Hash})...)
	need(t, d.out.Number(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}))

	// The seal alone first, as when the annex's order failed.
	_, signed := d.read(t, id)
	items := d.order(t, d.sender.Clerk, document.Seal, d.sealCert.ID, signed)
	if len(items) != 2 || items[1].Order.Annex != "phu-luc.pdf" || items[1].Order.Place.Kind != signing.AnnexSeal {
		t.Fatalf("%+v", items)
	}
	d.work(t, items[0])
	_, sealed := d.read(t, id)
	wantCode(t, d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, sealed.Seen), "annex_unsealed")
	if !d.waits(t, d.sender.Clerk, document.Seal, id) {
		t.Error("the annex does not wait for the seal")
	}
	d.work(t, items[1])
	if d.waits(t, d.sender.Clerk, document.Seal, id) {
		t.Error("all is sealed, and it still waits")
	}
	v, _ := d.read(t, id)
	want := map[string]bool{"chi-thi.pdf": true, "phu-luc.pdf": true}
	for _, f := range v.Files {
		if f.Unsigned.IsZero() == want[f.Name] {
			t.Errorf("%s: %+v", f.Name, f)
		}
	}
	file := d.bytes(t, v.Files[1].Hash)
	report, err := signature.Verify(file, d.options())
	if err != nil || len(report.Signatures) != 1 || report.Signatures[0].Kind != signing.AnnexSeal || !report.Signatures[0].Valid() || !bytes.HasPrefix(file, directive("2")) {
		t.Fatalf("%+v %v", report, err)
	}
	if words := textOf(t, file); !strings.Contains(words, "01/CT-UBND") {
		t.Errorf("the corner reads %s", words)
	}
	need(t, d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, sealed.Seen))
}

func TestC4_ACertifiedCopyBearsTheAgencysSignatureAlone(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	if _, err := d.Admin(t).Exec(t.Context(), `insert into register (agency_id, id, code, direction, year, name, kinds, next_number)
		select agency_id, gen_random_uuid(), 'SAO', direction, year, 'Sổ đăng ký bản sao', '{true_copy,extract_copy,duplicate_copy}', 1 from register
		 where direction = 'outgoing' and agency_id = $1`, d.sender.ID); err != nil {
		t.Fatal(err)
	}
	u := d.upload(t, "quyet-dinh.pdf", directive("1"))
	kind, subj := "true_copy", "Quyết định số 12/QĐ-UBND"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: u.ID}}
	to := []outgoing.RecipientInput{d.anyone(t)}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	need(t, err)
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""))
	need(t, d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, id, u.Hash, ""))
	if d.waits(t, d.sender.Leader, document.Sign, id) {
		t.Error("a copy waits for the leader's signature")
	}
	wantCode(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, outgoing.ToSign{DocumentID: id, Seen: u.Hash})[0].Refused, "forbidden")
	need(t, d.out.Number(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}))
	if !d.waits(t, d.sender.Clerk, document.Seal, id) {
		t.Error("the copy does not wait for the seal")
	}
	d.sealAll(t, id)
	v, sealed := d.read(t, id)
	if v.Reference() != "01/SY-UBND" {
		t.Errorf("it is numbered %s", v.Reference())
	}
	file := d.bytes(t, sealed.Seen)
	report, err := signature.Verify(file, d.options())
	if err != nil || len(report.Signatures) != 1 || report.Signatures[0].Kind != signing.Copy || !report.Signatures[0].Valid() {
		t.Fatalf("%+v %v", report, err)
	}
	if words := textOf(t, file); !strings.Contains(words, "SAO Y") {
		t.Errorf("the corner reads %s", words)
	}
	need(t, d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, sealed.Seen))
}
