package outgoing_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/job"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/locate"
	"congvan/server/provider/signature/trust"
	"congvan/server/provider/signature/tsa"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// authority is one authority of all the tests: keys take their time to make.
var authority = sync.OnceValues(func() (*democa.Authority, error) { return democa.New("Tổ chức chứng thực thử", time.Now()) })

// signingDesk is a desk where documents are signed.
type signingDesk struct {
	*desk
	asked        func(ctx context.Context, tasks []outgoing.SignTask, secrets map[string]string) ([][]byte, error)
	blobs        *blob.Store
	now          time.Time
	ca           *democa.Authority
	leader, seal signature.Key
	leaderCert   signing.Certificate
	sealCert     signing.Certificate
	stamp        signature.Stamper
	policy       signature.StampPolicy
	keys         map[signing.Fingerprint]signature.Key
	lists        [][]byte // of revoked certificates
}

func newSigningDesk(t *testing.T) *signingDesk {
	t.Helper()
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	d := &signingDesk{desk: newDesk(t), now: time.Now(), ca: ca, policy: signature.StampRequired, keys: map[signing.Fingerprint]signature.Key{}}
	d.blobs = storagetest.Blobs(t, d.Database)
	readable := func(context.Context, document.File) error { return nil }
	d.out = outgoing.New(d.Store, d.blobs, readable, func() time.Time { return d.now })
	stamping, err := ca.Issue(democa.Subject{Name: "Dấu thời gian thử", From: d.now.Add(-time.Hour), Until: d.now.AddDate(1, 0, 0), Stamping: true})
	if err != nil {
		t.Fatal(err)
	}
	d.stamp = democa.Stamper(stamping, func() time.Time { return d.now })
	d.out.SignWith(outgoing.Signing{MaxFile: 64 << 20, Fill: signature.FillNumbering,
		Prepare: func(ctx context.Context, file []byte, w signing.Wanted) ([]byte, error) {
			return signature.Reserve(ctx, file, w, locate.Find)
		},
		Propose: func(ctx context.Context, file []byte, w signing.Wanted) (signing.Proposal, error) {
			return signature.Propose(ctx, file, w, locate.Find)
		},
		Free: signature.Free,
		SignAsked: func(ctx context.Context, tasks []outgoing.SignTask, secrets map[string]string) ([][]byte, error) {
			return d.asked(ctx, tasks, secrets)
		},
		Returned: func(_ context.Context, sent, file []byte) (signing.Returned, error) {
			return signature.Returned(sent, file, d.options())
		},
		Sign: func(ctx context.Context, task outgoing.SignTask) ([]byte, error) {
			if words := d.corner(task); words != nil {
				out, err := d.keys[task.Certificate.Fingerprint].Sign(ctx, task.File, signature.Request{Place: task.Place, Name: task.Name, At: d.now,
					Appearance: signature.Appearance{Lines: words, Align: signature.Right}}, d.stamp, d.policy)
				return out.File, err
			}
			return d.signed(ctx, d.keys[task.Certificate.Fingerprint], task.File, task.Place)
		}})
	d.leader, d.leaderCert = d.certificate(t, d.sender.Leader.FullName, d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	d.leaderCert.AccountID, d.leaderCert.Provider = d.sender.Leader.AccountID, signing.Software
	d.keep(t, d.leaderCert)
	d.seal, d.sealCert = d.certificate(t, "UBND tỉnh", d.now.Add(-time.Hour), d.now.AddDate(1, 0, 0))
	d.sealCert.AgencyID, d.sealCert.Provider = d.sender.ID, signing.Software
	err = d.Store.InTx(t.Context(), postgres.AdministrationScope(), func(tx *postgres.Tx) error { return tx.AddSeal(t.Context(), d.sealCert, []byte("x")) })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// corner gives the words of a signature that shows nothing else.
func (d *signingDesk) corner(task outgoing.SignTask) []string {
	switch task.Place.Kind {
	case signing.AnnexSeal:
		return signing.AnnexWords(task.Reference, d.now)
	case signing.Copy:
		words, err := signing.CopyWords(task.Kind, task.Name, d.now)
		if err != nil {
			return nil
		}
		return words
	}
	return nil
}

func (d *signingDesk) options() signature.Options {
	return signature.Options{Anchors: trust.NewAnchors(d.ca.Certificate), Evidence: trust.Evidence{CRLs: d.lists}, Now: d.now.Add(time.Minute)}
}

func (d *signingDesk) signed(ctx context.Context, key signature.Key, file []byte, place signing.Place) ([]byte, error) {
	out, err := key.Sign(ctx, file, signature.Request{Place: place, Name: "Người ký", At: d.now, Appearance: signature.Appearance{Lines: []string{"Người ký"}}}, d.stamp, d.policy)
	return out.File, err
}

func (d *signingDesk) certificate(t *testing.T, name string, from, until time.Time) (signature.Key, signing.Certificate) {
	t.Helper()
	key, err := d.ca.Issue(democa.Subject{Name: name, Agency: "UBND tỉnh", From: from, Until: until})
	if err != nil {
		t.Fatal(err)
	}
	c := signing.Certificate{ID: postgres.NewID(), Fingerprint: sha256.Sum256(key.Certificate.Raw), Subject: name, Issuer: "CA", Serial: "1", ValidFrom: from,
		ValidUntil: until, Chain: [][]byte{key.Certificate.Raw}, AddedAt: d.now}
	d.keys[c.Fingerprint] = key
	return key, c
}

func (d *signingDesk) keep(t *testing.T, c signing.Certificate) {
	t.Helper()
	var sealed []byte
	if c.Provider == signing.Software {
		sealed = []byte("x")
	}
	err := d.Store.InTx(t.Context(), postgres.DirectoryScope(), func(tx *postgres.Tx) error { return tx.AddCertificate(t.Context(), c, sealed) })
	if err != nil {
		t.Fatal(err)
	}
}

// present gives a proof of presence of a moment ago.
func (d *signingDesk) present(t *testing.T, who access.Person) org.ID {
	t.Helper()
	p := postgres.Presence{ID: postgres.NewID(), Purpose: postgres.ToSign, AskedAt: d.now, ProvedAt: d.now}
	err := d.Store.InTx(t.Context(), postgres.DirectoryScope(), func(tx *postgres.Tx) error { return tx.AddPresence(t.Context(), who.AccountID, p) })
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// directive is a one-page PDF with the words of a directive; each has bytes of its own.
func directive(serial string) []byte {
	content := "BT /F1 13 Tf 72 742 Td (So:          /CT-UBND) Tj 0 -300 Td (" + serial + ") Tj ET"
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content), "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return b.Bytes()
}

// approvedPDF gives an approved document with a real file.
func (d *signingDesk) approvedPDF(t *testing.T, file []byte, to ...outgoing.RecipientInput) outgoing.ToSign {
	t.Helper()
	u, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "chi-thi.pdf", 0, bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	kind, subj := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: u.ID}}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, id, u.Hash, ""); err != nil {
		t.Fatal(err)
	}
	return outgoing.ToSign{DocumentID: id, Seen: u.Hash}
}

func (d *signingDesk) anyone(t *testing.T) outgoing.RecipientInput {
	t.Helper()
	return agency(d.Office(t, "H59."+strings.ToUpper(postgres.NewID().String()[30:]), "Sở Nội vụ"))
}

func (d *signingDesk) order(t *testing.T, who access.Person, act document.Act, cert org.ID, list ...outgoing.ToSign) []outgoing.Ordered {
	t.Helper()
	b, err := d.out.Order(t.Context(), who, access.Command{}, outgoing.SignRequest{Act: act, Documents: list, CertificateID: cert, PresenceID: d.present(t, who)})
	if err != nil {
		t.Fatal(err)
	}
	return b.Items
}

// work has the keys of the server sign what was ordered.
func (d *signingDesk) work(t *testing.T, items ...outgoing.Ordered) {
	t.Helper()
	for _, i := range items {
		if i.Refused != nil {
			t.Fatal(i.Refused)
		}
		if err := d.out.SignOrder(t.Context(), job.Sign{AgencyID: i.Order.AgencyID, OrderID: i.Order.ID}); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *signingDesk) read(t *testing.T, id org.ID) (outgoing.View, outgoing.ToSign) {
	t.Helper()
	v, err := d.out.Read(t.Context(), d.sender.Clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	main, _ := v.Main()
	return v, outgoing.ToSign{DocumentID: id, Seen: main.Hash}
}

func (d *signingDesk) bytes(t *testing.T, h document.Hash) []byte {
	t.Helper()
	f, err := d.blobs.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (d *signingDesk) orderNow(t *testing.T, who access.Person, id org.ID) outgoing.SigningOrder {
	t.Helper()
	list, err := d.out.Orders(t.Context(), who, org.ID{})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list, func(o outgoing.SigningOrder) bool { return o.ID == id })
	if at < 0 {
		t.Fatal("no such order")
	}
	return list[at]
}

func TestC4_SignedNumberedSealedIssuedAndPdfsigAgrees(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)...)
	v, signed := d.read(t, one.DocumentID)
	if v.State != document.Signed || v.SignedHash != signed.Seen || v.ApprovedHash != one.Seen || len(v.Files) != 1 || v.Files[0].Version != 1 {
		t.Fatalf("after the signature: %+v", v.Document)
	}
	wantCode(t, d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}, signed.Seen), "unsealed")
	if err := d.out.Number(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}, signed.Seen), "unsealed")
	d.work(t, d.order(t, d.sender.Clerk, document.Seal, d.sealCert.ID, signed)...)
	v, sealed := d.read(t, one.DocumentID)
	if v.State != document.Numbered || v.SealedAt.IsZero() {
		t.Fatalf("after the seal: %+v", v.Document)
	}
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}, sealed.Seen); err != nil {
		t.Fatal(err)
	}

	file := d.bytes(t, sealed.Seen)
	if !bytes.HasPrefix(file, d.bytes(t, signed.Seen)) || !bytes.HasPrefix(file, d.bytes(t, one.Seen)) {
		t.Error("the approved bytes are no longer the beginning")
	}
	report, err := signature.Verify(file, d.options())
	if err != nil || len(report.Signatures) != 2 {
		t.Fatalf("%+v %v", report, err)
	}
	for i, kind := range []signing.PlaceKind{signing.Signature, signing.Seal} {
		if s := report.Signatures[i]; s.Kind != kind || !s.Valid() || !s.HasStamp {
			t.Errorf("signature %d: %+v", i+1, s)
		}
	}
	path := filepath.Join(t.TempDir(), "van-ban.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), "pdfsig", "-nocert", path).CombinedOutput()
	if err != nil || strings.Count(string(said), "Signature is Valid.") != 2 || !strings.Contains(string(said), "Total document signed") {
		t.Errorf("pdfsig says (%v): %s", err, said)
	}
	words, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil || !strings.Contains(string(words), "01/CT-UBND") || !strings.Contains(string(words), "Trà Vinh, ngày") {
		t.Errorf("the page reads (%v): %s", err, words)
	}
	events, err := d.out.Events(t.Context(), d.sender.Clerk, one.DocumentID, org.ID{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	var verbs []string
	for _, e := range events {
		verbs = append(verbs, e.Verb)
	}
	for _, verb := range []string{"signing_ordered", "signed", "numbered", "sealed", "issued"} {
		if !slices.Contains(verbs, verb) {
			t.Errorf("the history has no %s: %v", verb, verbs)
		}
	}
}

func TestC7_NoSignatureWithoutAFreshProofOfPresence(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	try := func(presence org.ID) error {
		_, err := d.out.Order(t.Context(), d.sender.Leader, access.Command{}, outgoing.SignRequest{Act: document.Sign, Documents: []outgoing.ToSign{one},
			CertificateID: d.leaderCert.ID, PresenceID: presence})
		return err
	}
	wantCode(t, try(org.ID{}), "presence_needed")
	wantCode(t, try(d.present(t, d.sender.Clerk)), "presence_needed") // another's
	old := d.present(t, d.sender.Leader)
	d.now = d.now.Add(6 * time.Minute)
	wantCode(t, try(old), "presence_needed")
	fresh := d.present(t, d.sender.Leader)
	if err := try(fresh); err != nil {
		t.Fatal(err)
	}
	wantCode(t, try(fresh), "presence_needed") // once is once
}

func TestC5_OneFailureInABatchDoesNotStopTheRest(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	to := d.anyone(t)
	first, scripted, last := d.approvedPDF(t, directive("1"), to), d.approvedPDF(t, bytes.Replace(directive("2"), []byte("<</Type/Catalog"), []byte("<</OpenAction<</S/JavaScript/JS(x)>>/Type/Catalog"), 1), to), d.approvedPDF(t, directive("3"), to)
	missing := outgoing.ToSign{DocumentID: postgres.NewID(), Seen: first.Seen}
	items := d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, first, scripted, missing, last)
	if items[0].Refused != nil || items[3].Refused != nil {
		t.Fatalf("the good ones: %v, %v", items[0].Refused, items[3].Refused)
	}
	if items[1].Refused == nil {
		t.Error("a PDF with a script is to be signed")
	}
	wantCode(t, items[2].Refused, "not_found")
	d.work(t, items[0], items[3])
	for _, one := range []outgoing.ToSign{first, last} {
		if v, _ := d.read(t, one.DocumentID); v.State != document.Signed {
			t.Errorf("%s is %s", one.DocumentID, v.State)
		}
	}
}

func TestC4b_TwoClerksSealAtOnce(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	d.work(t, d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)...)
	if err := d.out.Number(t.Context(), d.sender.Clerk, access.Command{}, one.DocumentID, org.ID{}); err != nil {
		t.Fatal(err)
	}
	_, signed := d.read(t, one.DocumentID)
	other := d.Person(t, d.sender.ID, org.ID{}, org.Clerk)
	first := d.order(t, d.sender.Clerk, document.Seal, d.sealCert.ID, signed)
	second := d.order(t, other, document.Seal, d.sealCert.ID, signed)
	wantCode(t, second[0].Refused, "being_signed")
	d.work(t, first...)
	third := d.order(t, other, document.Seal, d.sealCert.ID, signed)
	if third[0].Refused == nil {
		t.Error("it is sealed twice")
	}
}

func TestC4_WithoutTheStampThatIsRequiredNothingIsSigned(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	one := d.approvedPDF(t, directive("1"), d.anyone(t))
	good := d.stamp
	d.stamp = func(context.Context, []byte) ([]byte, error) { return nil, tsa.ErrUnavailable }
	items := d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, one)
	d.work(t, items...)
	o := d.orderNow(t, d.sender.Leader, items[0].Order.ID)
	if o.State != signing.Failed || o.Failure != "tsa_unavailable" || o.Failed.VI == "" {
		t.Fatalf("%+v", o)
	}
	if v, _ := d.read(t, one.DocumentID); v.State != document.Approved {
		t.Fatalf("it is %s", v.State)
	}
	// Wished only, it is signed and says so.
	d.policy = signature.StampWished
	again, _, err := d.out.RepeatOrder(t.Context(), d.sender.Leader, o.ID, d.present(t, d.sender.Leader))
	if err != nil {
		t.Fatal(err)
	}
	d.work(t, outgoing.Ordered{Order: again})
	if o := d.orderNow(t, d.sender.Leader, o.ID); o.State != signing.Done || o.Stamped {
		t.Fatalf("%+v", o)
	}
	d.stamp = good
}
