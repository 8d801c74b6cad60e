package intake_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/intake"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/routing"
	"congvan/server/job"
)

// parcel is what reading a package gives; its text is its name.
type parcel struct {
	opened exchange.OpenedPackage
	files  []string
}

// parcels play the protocol: what is not among them is no package.
var parcels = map[string]parcel{
	"<edXML>letter</edXML>": {files: []string{"%PDF-1.7 trong gói"}, opened: exchange.OpenedPackage{Warnings: []string{"order"}, Letter: &exchange.Letter{
		Code: "000.00.00.X01,2026/01/15,15/UBND-VP", Number: "15", Symbol: "UBND-VP", Subject: "Về việc trong gói tin", Urgency: document.Normal, From: exchange.Party{Code: "000.00.00.X01", Name: "Đơn vị thử 1"}}}},
	"<edXML>ill</edXML>": {files: []string{"%PDF-1.7 virus"}, opened: exchange.OpenedPackage{Letter: &exchange.Letter{Subject: "Nhiễm", Urgency: document.Normal}}},
	"<edXML>status</edXML>": {opened: exchange.OpenedPackage{Status: &exchange.Status{Code: exchange.CodeRegistered, ByName: "Nguyễn Thị B"},
		About: exchange.Named{Code: "000.00.00.X01,2026/01/15,15/UBND-VP"}}},
}

// withPackages lets a desk read packages.
func withPackages(o *intake.Options) {
	o.Unpack = func(r io.Reader, keep func(io.Reader) (exchange.FileRef, error)) (exchange.OpenedPackage, error) {
		text, err := io.ReadAll(r)
		if err != nil {
			return exchange.OpenedPackage{}, err
		}
		p, known := parcels[string(text)]
		if !known {
			return p.opened, exchange.ErrPackageInvalid
		}
		for _, content := range p.files {
			file, err := keep(strings.NewReader(content))
			if err != nil {
				return p.opened, err
			}
			file.Name = "trong gói.pdf"
			p.opened.Files = append(p.opened.Files[:len(p.opened.Files):len(p.opened.Files)], file)
		}
		return p.opened, nil
	}
}

// edxml is an attachment that is a package.
func (d *desk) edxml(path, what string) exchange.MailPart {
	p := d.part(path, what+".edxml", "<edXML>"+what+"</edXML>")
	p.DetectedType = exchange.TypePackage
	return p
}

func TestL3_APackageInAMailIsTheDocumentAsItNamesItself(t *testing.T) {
	t.Parallel()
	d := newDesk(t, withPackages)
	m := d.receive(0, mail("Gửi gói tin", d.pdf("2", "bản in"), d.edxml("3", "letter")))
	require.Equal(t, exchange.MailArrived, m.State, m.Reason)
	require.Len(t, d.waiting(), 1)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, m.ArrivalID)
	require.NoError(t, err)
	assert.Equal(t, routing.FromMail, a.Source)
	assert.Equal(t, "15", a.Number)
	assert.Equal(t, "UBND-VP", a.Symbol)
	assert.Equal(t, "000.00.00.X01", a.IssuerCode)
	assert.Equal(t, "Về việc trong gói tin", a.Subject)
	assert.Contains(t, a.Note, "order", "what reading met is told")
	assert.Equal(t, document.MainFile, a.Files[0].Role)
	assert.Equal(t, m.Parts[0].Hash, a.Files[len(a.Files)-1].Hash, "what is only in the mail comes behind")
	for _, f := range a.Files {
		assert.NotEqual(t, m.Parts[1].Hash, f.Hash, "the package itself is no file of the document")
	}
	require.NotNil(t, a.Mail)
	assert.Equal(t, "vp@ngoai.example.test", a.Mail.FromAddress, "who sent the mail is shown beside it")
}

func TestL3_ABrokenPackageIsHeldOrGivesWayToWhatComesWithIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t, withPackages)
	alone := d.receive(0, mail("Gói tin hỏng", d.edxml("2", "hỏng")))
	assert.Equal(t, exchange.HeldPackage, alone.Reason)
	beside := d.receive(0, mail("Gói tin hỏng kèm bản PDF", d.edxml("2", "hỏng"), d.pdf("3", "bản ký")))
	require.Equal(t, exchange.MailArrived, beside.State)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, beside.ArrivalID)
	require.NoError(t, err)
	assert.Equal(t, beside.Parts[1].Hash, a.MainHash)
	assert.Len(t, a.Files, 1)
	assert.Contains(t, a.Note, "edXML")
	after, err := d.service.Release(t.Context(), d.office.Clerk, access.Command{}, alone.ID, []string{"2"}, false)
	require.NoError(t, err)
	assert.Equal(t, exchange.MailArrived, after.State, "a clerk may take it as a file all the same")
}

func TestK14_AFileInsideAPackageIsScanned(t *testing.T) {
	t.Parallel()
	d := newDesk(t, withPackages, scanned(&scanner{}))
	m := d.receive(0, mail("Gói tin nhiễm", d.edxml("2", "ill")))
	assert.Equal(t, exchange.HeldInfected, m.Reason)
	assert.Empty(t, d.waiting())
}

func TestG2b_AStatusByMailCountsOnlyWhereItNamesTheDelivery(t *testing.T) {
	t.Parallel()
	d := newDesk(t, withPackages)
	stray := d.receive(0, mail("Trạng thái lạ", d.edxml("2", "status")))
	assert.Equal(t, exchange.HeldStatus, stray.Reason)
	ref := d.sent(d.office.ID, exchange.Sent)
	m := d.receive(0, answer(exchange.AnswerReply, ref, d.edxml("2", "status")))
	assert.Equal(t, exchange.MailAnswered, m.State)
	assert.Equal(t, ref, m.About)
	assert.Equal(t, 1, d.jobs(job.TellSender{}.Kind()), "once, whatever the job is worked on")
	assert.Empty(t, d.waiting())

	doubtful := answer(exchange.AnswerReply, ref, d.edxml("2", "status"))
	doubtful.Trust.SMIME = "invalid"
	assert.Equal(t, exchange.HeldStatus, d.receive(0, doubtful).Reason)

	_, err := d.db.Admin(t).Exec(t.Context(), `insert into document_package (agency_id, document_id, code) values ($1, $2, 'H59,2026/01/01,1/QĐ')`,
		uuid.UUID(ref.AgencyID), uuid.UUID(ref.DocumentID))
	require.NoError(t, err)
	assert.Equal(t, exchange.HeldStatus, d.receive(0, answer(exchange.AnswerReply, ref, d.edxml("2", "status"))).Reason, "it is about another document")
	assert.Equal(t, 1, d.jobs(job.TellSender{}.Kind()))
}
