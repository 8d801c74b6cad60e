package intake_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// sent makes an issued document of an agency with a delivery by mail on its way.
func (d *desk) sent(agency org.ID, state exchange.State) exchange.DeliveryRef {
	d.t.Helper()
	ref := exchange.DeliveryRef{AgencyID: agency, DocumentID: postgres.NewID(), ID: postgres.NewID()}
	for _, sql := range []string{
		`insert into document (agency_id, id, state, kind, subject, author_position_id, author_account_id, created_at, updated_at, number, symbol, numbered_at, issued_at)
		 select $1, $2, 'issued', 'chi_thi', 'Chỉ thị', p.id, p.account_id, now(), now(), 12, 'CT-UBND', now(), now()
		   from position p where p.agency_id = $1 and $3::uuid is not null and $4::text <> '' limit 1`,
		`insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, name, state, state_at)
		 values ($1, $2, $3, 1, 'agency', 'main', 'mailbox', 'Bảo hiểm xã hội', $4, now() - interval '1 minute')`,
		`insert into delivery_count (agency_id, document_id, total) select $1, $2, 1 where $3::uuid is not null and $4::text <> ''`,
	} {
		_, err := d.db.Admin(d.t).Exec(d.t.Context(), sql, uuid.UUID(ref.AgencyID), uuid.UUID(ref.DocumentID), uuid.UUID(ref.ID), string(state))
		require.NoError(d.t, err)
	}
	return ref
}

// answer is a mail that answers a delivery.
func answer(kind exchange.AnswerKind, ref exchange.DeliveryRef, parts ...exchange.MailPart) exchange.OpenedMail {
	m := mail("Re: 12/CT-UBND "+uuid.NewString(), parts...)
	m.Answer = exchange.Answer{Kind: kind, About: []string{"someone@else.example", ref.ID.String() + "@vanban.example"}, Unanswerable: kind != exchange.AnswerReply}
	return m
}

type stands struct {
	state, reason, code string
	refused             int
}

func (d *desk) stands(ref exchange.DeliveryRef) stands {
	d.t.Helper()
	var s stands
	require.NoError(d.t, d.db.Admin(d.t).QueryRow(d.t.Context(), `select d.state, d.reason, d.reason_code, c.refused from delivery d
		join delivery_count c on c.agency_id = d.agency_id and c.document_id = d.document_id where d.id = $1`, uuid.UUID(ref.ID)).Scan(&s.state, &s.reason, &s.code, &s.refused))
	return s
}

func (d *desk) verbs(id org.ID) []string {
	d.t.Helper()
	rows, err := d.db.Admin(d.t).Query(d.t.Context(), `select verb from event where subject_id = $1 order by id`, uuid.UUID(id))
	require.NoError(d.t, err)
	var verbs []string
	for rows.Next() {
		var verb string
		require.NoError(d.t, rows.Scan(&verb))
		verbs = append(verbs, verb)
	}
	require.NoError(d.t, rows.Err())
	return verbs
}

func TestK13_ABounceMakesTheDeliveryFailWithTheServersWords(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref := d.sent(d.office.ID, exchange.Sent)
	bounce := answer(exchange.AnswerBounce, ref, d.pdf("3.2", "trả lại"))
	bounce.Answer.Words, bounce.Answer.Status, bounce.Answer.Recipient = "550 5.1.1 User unknown", "5.1.1", "XA@nhan.example"
	m := d.receive(0, bounce)
	assert.Equal(t, exchange.MailAnswered, m.State)
	assert.Equal(t, stands{"failed", "550 5.1.1 User unknown", exchange.ReasonBounced, 1}, d.stands(ref))
	assert.Empty(t, d.waiting(), "what a bounce returns is no document")
	assert.Equal(t, []string{"delivery_failed"}, d.verbs(ref.DocumentID))
	var words string
	require.NoError(t, d.db.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		words, _, err = tx.Suppressed(t.Context(), d.office.ID, "xa@nhan.example")
		return err
	}))
	assert.Equal(t, "550 5.1.1 User unknown", words, "nothing more is sent there by itself")
}

func TestK13_AFullMailboxIsNoWrongAddress(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref := d.sent(d.office.ID, exchange.Sent)
	bounce := answer(exchange.AnswerBounce, ref)
	bounce.Answer.Status, bounce.Answer.Recipient = "5.2.2", "xa@nhan.example"
	d.receive(0, bounce)
	require.NoError(t, d.db.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		_, yes, err := tx.Suppressed(t.Context(), d.office.ID, "xa@nhan.example")
		assert.False(t, yes)
		return err
	}))
}

func TestK13_ReceiptsAndRepliesSayArrivedAndNeverRegistered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for kind, want := range map[exchange.AnswerKind]string{
		exchange.AnswerDelivered: "arrived", exchange.AnswerRead: "arrived", exchange.AnswerDeleted: "arrived", exchange.AnswerReply: "arrived",
		exchange.AnswerRelayed: "sent", exchange.AnswerDelayed: "sent", exchange.AnswerAutomatic: "sent",
	} {
		ref := d.sent(d.office.ID, exchange.Sent)
		assert.Equal(t, exchange.MailAnswered, d.receive(0, answer(kind, ref)).State, kind)
		assert.Equal(t, want, d.stands(ref).state, kind)
		registered := d.sent(d.office.ID, exchange.Registered)
		d.receive(0, answer(kind, registered))
		assert.Equal(t, "registered", d.stands(registered).state, "%s after it was registered", kind)
	}
	assert.Empty(t, d.waiting())
}

func TestK13_AReplyWithADocumentArrivesLinkedToOurs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref := d.sent(d.office.ID, exchange.Sent)
	reply := answer(exchange.AnswerReply, ref, d.pdf("2.1", "báo cáo"))
	reply.Answer.Words = "Xin gửi báo cáo"
	m := d.receive(0, reply)
	require.Equal(t, exchange.MailArrived, m.State)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, m.ArrivalID)
	require.NoError(t, err)
	require.NotNil(t, a.MailAbout)
	assert.Equal(t, ref.DocumentID, a.MailAbout.ID)
	assert.Equal(t, "arrived", d.stands(ref).state)
	assert.Equal(t, []string{"delivery_arrived", "delivery_replied"}, d.verbs(ref.DocumentID))
}

// TestK13_WhereAllMailGoesOutUnderOneAddress lets the answer come to the mailbox of another agency.
func TestK13_WhereAllMailGoesOutUnderOneAddress(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	other := d.db.Office(t, "H59.09", "Sở Tài chính")
	ref := d.sent(other.ID, exchange.Sent)
	m := d.receive(0, answer(exchange.AnswerReply, ref, d.pdf("2", "báo cáo")))
	assert.Equal(t, "arrived", d.stands(ref).state)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, m.ArrivalID)
	require.NoError(t, err)
	assert.Nil(t, a.MailAbout, "another agency's document is not shown")
}

func TestK13_ReportsAboutOtherMailsAreNobodysBusiness(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	stranger := exchange.DeliveryRef{ID: postgres.NewID()}
	for _, kind := range []exchange.AnswerKind{exchange.AnswerBounce, exchange.AnswerRead, exchange.AnswerDelivered, exchange.AnswerAutomatic} {
		assert.Equal(t, exchange.MailIgnored, d.receive(0, answer(kind, stranger)).State, kind)
	}
	assert.Equal(t, exchange.MailIgnored, d.receive(0, answer(exchange.AnswerBounce, stranger, d.pdf("3", "thư của người khác"))).State)
	assert.Equal(t, exchange.MailArrived, d.receive(0, answer(exchange.AnswerReply, stranger, d.pdf("2", "trả lời người khác"))).State)
	assert.Equal(t, exchange.MailQuarantined, d.receive(0, answer(exchange.AnswerReply, stranger)).State, "a person wrote: a clerk looks")
}

func TestK13_AMailThatBouncesForItsSizeIsRemembered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref := d.sent(d.office.ID, exchange.Sent)
	other := d.db.Office(t, "H59.08", "Sở Nội vụ")
	for _, sql := range []string{`update agency set email = 'VT@sonoivu.example' where id = $1`, `update delivery set target_agency_id = $1 where channel = 'mailbox'`} {
		_, err := d.db.Admin(t).Exec(t.Context(), sql, uuid.UUID(other.ID))
		require.NoError(t, err)
	}
	m := answer(exchange.AnswerBounce, ref)
	m.Answer.Status, m.Answer.Words = "5.3.4", "552 5.3.4 message too big"
	d.receive(0, m)
	assert.Equal(t, "failed", d.stands(ref).state)
	var address string
	require.NoError(t, d.db.Admin(t).QueryRow(t.Context(), `select address from mail_limit`).Scan(&address))
	assert.Equal(t, "vt@sonoivu.example", address)
}
