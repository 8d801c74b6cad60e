package intake_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/intake"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/server/provider/printing"
	"congvan/server/provider/safehtml"
)

var errScannerAway = fault.New(fault.Unavailable, "scan_away", "Chưa quét được.", "The scanner is away.")

// scanner plays one: "virus" is found, and it can be away.
type scanner struct{ away atomic.Bool }

func (s *scanner) scan(_ context.Context, content io.Reader) (string, error) {
	if s.away.Load() {
		return "", errScannerAway
	}
	all, err := io.ReadAll(content)
	if bytes.Contains(all, []byte("virus")) {
		return "Test.Virus", err
	}
	return "", err
}

func scanned(s *scanner) func(*intake.Options) {
	return func(o *intake.Options) { o.Scan = s.scan }
}

func TestK14_WhatIsInfectedIsHeldAndNobodyCanOpenIt(t *testing.T) {
	t.Parallel()
	told := make(chan exchange.MailNotice, 4)
	d := newDesk(t, scanned(&scanner{}), func(o *intake.Options) {
		o.Prove = func(context.Context, document.Hash) ([]exchange.DomainProof, error) {
			return []exchange.DomainProof{{Domain: "ngoai.example.test", Result: "pass"}}, nil
		}
		o.Notify = func(_ context.Context, n exchange.MailNotice) error { told <- n; return nil }
	})
	ill := mail("Nhiễm", d.pdf("2", "lành"), d.pdf("3", "virus"))
	ill.Trust.Signed = true
	m := d.receive(0, ill)
	assert.Equal(t, exchange.MailQuarantined, m.State)
	assert.Equal(t, exchange.HeldInfected, m.Reason)
	assert.Equal(t, "Test.Virus", m.Detail)
	assert.Empty(t, d.waiting())
	_, _, err := d.service.OpenRaw(t.Context(), d.office.Clerk, m.ID)
	assert.Equal(t, fault.Conflict, fault.KindOf(err))
	_, err = d.service.PreviewMail(t.Context(), d.office.Clerk, m.ID)
	assert.Equal(t, fault.Conflict, fault.KindOf(err))
	_, err = d.service.Release(t.Context(), d.office.Clerk, access.Command{}, m.ID, []string{"2"}, false)
	assert.Equal(t, fault.Conflict, fault.KindOf(err))
	d.inside = ill
	again, err := d.service.Retry(t.Context(), d.office.Clerk, access.Command{}, m.ID)
	require.NoError(t, err)
	assert.Equal(t, exchange.HeldInfected, again.Reason, "it is scanned again")

	for range 2 {
		require.NoError(t, d.service.CheckSenders(t.Context(), job.CheckSenders{AgencyID: d.office.ID, MailItemIDs: []org.ID{m.ID}}))
	}
	assert.Equal(t, 1, d.jobs("warn_sender"), "the sender is told once")
	require.NoError(t, d.service.WarnSender(t.Context(), job.WarnSender{AgencyID: d.office.ID, MailItemID: m.ID}))
	n := <-told
	assert.Equal(t, "vp@ngoai.example.test", n.To)
	assert.Contains(t, n.Text, "mã độc")
}

// TestK14_WhoeverIsOnlyClaimedIsNotTold keeps a forged sender from being answered.
func TestK14_WhoeverIsOnlyClaimedIsNotTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t, scanned(&scanner{}), func(o *intake.Options) {
		o.Prove = func(context.Context, document.Hash) ([]exchange.DomainProof, error) {
			return []exchange.DomainProof{{Domain: "other.example", Result: "pass"}}, nil
		}
	})
	ill := mail("Giả mạo", d.pdf("2", "virus"))
	ill.Trust.Signed = true
	m := d.receive(0, ill)
	require.NoError(t, d.service.CheckSenders(t.Context(), job.CheckSenders{AgencyID: d.office.ID, MailItemIDs: []org.ID{m.ID}}))
	assert.Zero(t, d.jobs("warn_sender"))
}

func TestK14_WhileTheScannerIsAwayMailWaitsAndNothingPasses(t *testing.T) {
	t.Parallel()
	s := &scanner{}
	d := newDesk(t, scanned(s))
	s.away.Store(true)
	m := d.store(0, mail("Chờ quét", d.pdf("2", "lành")))
	j := job.TakeInMail{AgencyID: d.office.ID, MailItemIDs: []org.ID{m.ID}}
	require.ErrorIs(t, d.service.TakeIn(t.Context(), j), errScannerAway)
	assert.Equal(t, exchange.MailReceived, d.read(m.ID).State)
	assert.Empty(t, d.waiting())
	s.away.Store(false)
	require.NoError(t, d.service.TakeIn(t.Context(), j))
	assert.Equal(t, exchange.MailArrived, d.read(m.ID).State)
}

func (d *desk) jobs(kind string) (n int) {
	d.t.Helper()
	require.NoError(d.t, d.db.Admin(d.t).QueryRow(d.t.Context(), `select count(*) from river_job where kind = $1`, kind).Scan(&n))
	return n
}

func TestK11_AClerkReleasesWhatTheyChooseAndTheTextCanBeTheDocument(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	virus := d.part("2", "hóa đơn.exe", "MZ program")
	m := d.receive(0, mail("Kính gửi bằng lời", virus))
	require.Equal(t, exchange.HeldNoDocument, m.Reason)
	_, err := d.service.Release(t.Context(), d.office.Clerk, access.Command{}, m.ID, []string{"2"}, false)
	assert.Equal(t, fault.Conflict, fault.KindOf(err), "a program is no document")
	_, err = d.service.Release(t.Context(), d.office.Clerk, access.Command{}, m.ID, []string{"9"}, false)
	assert.Equal(t, fault.Invalid, fault.KindOf(err))
	_, err = d.service.Release(t.Context(), d.office.Clerk, access.Command{}, m.ID, nil, false)
	assert.Equal(t, fault.Invalid, fault.KindOf(err))
	after, err := d.service.Release(t.Context(), d.office.Clerk, access.Command{}, m.ID, nil, true)
	require.NoError(t, err)
	require.Equal(t, exchange.MailArrived, after.State)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, after.ArrivalID)
	require.NoError(t, err)
	require.Len(t, a.Files, 1)
	assert.Equal(t, "noi-dung-thu.txt", a.Files[0].Name)
	assert.Equal(t, []string{"mail_quarantined", "mail_released", "mail_arrived"}, d.verbs(m.ID))
}

func TestK11_APreviewIsHarmless(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *intake.Options) {
		o.CleanHTML = safehtml.Clean
		o.ReadBody = func(context.Context, document.Hash) (string, string, error) {
			return "Kính gửi", `<p>Kính gửi</p><img src="https://track.example/a.gif"><script>x()</script>`, nil
		}
	})
	m := d.receive(0, mail("Xem trước"))
	p, err := d.service.PreviewMail(t.Context(), d.office.Clerk, m.ID)
	require.NoError(t, err)
	assert.Equal(t, "<p>Kính gửi</p>", p.HTML)
	_, err = d.service.PreviewMail(t.Context(), d.office.Officer, m.ID)
	assert.Equal(t, fault.NotFound, fault.KindOf(err))
}

func TestK_RulesOfTheMailboxAreFollowed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.db.Admin(t).Exec(t.Context(), `update mailbox set rules = $2 where id = $1`, uuid.UUID(d.boxes[0]),
		`[{"Field":"subject","Pattern":"quảng cáo","Act":"ignore"},{"Field":"sender","Pattern":"@ngoai.example.test","Act":"note","Note":"Chuyển phòng Nội vụ."},{"Field":"subject","Pattern":"lạ","Act":"hold"}]`)
	require.NoError(t, err)
	assert.Equal(t, exchange.MailIgnored, d.receive(0, mail("Quảng cáo", d.pdf("2", "qc"))).State)
	held := d.receive(0, mail("Thư lạ", d.pdf("2", "lạ")))
	assert.Equal(t, exchange.HeldByRule, held.Reason)
	d.inside = mail("Thư lạ", d.pdf("2", "lạ"))
	after, err := d.service.Retry(t.Context(), d.office.Clerk, access.Command{}, held.ID)
	require.NoError(t, err)
	assert.Equal(t, exchange.MailArrived, after.State, "the clerk has looked")
	m := d.receive(0, mail("Kế hoạch", d.pdf("2", "kế hoạch")))
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, m.ArrivalID)
	require.NoError(t, err)
	assert.Equal(t, "Chuyển phòng Nội vụ.", a.Note)
}

func TestK_AScannersMailsArePaperAndEachFileIsOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.db.Admin(t).Exec(t.Context(), `update mailbox set purpose = 'scanner' where id = $1`, uuid.UUID(d.boxes[0]))
	require.NoError(t, err)
	m := d.receive(0, mail("Message from scanner", d.part("1", "info.docx", "PK\x03\x04 x"), d.part("2", "Scan 001.pdf", "%PDF-1.7 một"), d.part("3", "Scan 002.pdf", "%PDF-1.7 hai")))
	assert.Equal(t, exchange.MailArrived, m.State)
	list := d.waiting()
	require.Len(t, list, 2)
	for _, a := range list {
		assert.Equal(t, routing.FromPaper, a.Source)
		assert.True(t, strings.HasPrefix(a.Subject, "Scan 00"))
	}
	assert.Equal(t, exchange.HeldNoDocument, d.receive(0, mail("Lỗi máy quét")).Reason)
}

func TestK11_TheTextOfAMailBecomesAReadablePDF(t *testing.T) {
	t.Parallel()
	whole := strings.Repeat("Mời họp. ", 20_000)
	d := newDesk(t, func(o *intake.Options) {
		o.Print = printing.Mail
		o.ReadBody = func(context.Context, document.Hash) (string, string, error) { return whole, "", nil }
	})
	m := d.receive(0, mail("Giấy mời"))
	after, err := d.service.Release(t.Context(), d.office.Clerk, access.Command{}, m.ID, nil, true)
	require.NoError(t, err)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, after.ArrivalID)
	require.NoError(t, err)
	assert.Equal(t, "noi-dung-thu.pdf", a.Files[0].Name)
	assert.Equal(t, "application/pdf", a.Files[0].MediaType)
	assert.Greater(t, a.Files[0].Size, int64(50_000), "the whole text, not its beginning")
}
