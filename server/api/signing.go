package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/app/verification"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
)

// signingRoom answers the operations on certificates, orders to sign and what
// signatures say.
type signingRoom struct {
	documents *outgoing.Service
	arrivals  *incoming.Service
	accounts  *accounts.Service
	judged    *verification.Service
	public    bool
	local     string
	visits    *visits
	log       *slog.Logger
}

// in gives a sentence in the language that the reader asked for.
func in(ctx context.Context, t fault.Text) string {
	if c, ok := ctx.(*gin.Context); ok && languageOf(c.GetHeader("Accept-Language")) == "en" {
		return t.EN
	}
	return t.VI
}

func certificate(c accounts.Certificate) gen.Certificate {
	return gen.Certificate{Id: uuid.UUID(c.ID), Provider: gen.KeyProvider(c.Provider), Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial,
		Fingerprint: hex.EncodeToString(c.Fingerprint[:]), Training: c.Training, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil,
		Ending: c.Ending(time.Now()), HasImage: len(c.Image) > 0, Asks: asks(c)}
}

// asks is absent where nothing is asked for.
func asks(c accounts.Certificate) *[]string {
	if len(c.Asks) == 0 {
		return nil
	}
	return &c.Asks
}

func certificates(list []accounts.Certificate) []gen.Certificate {
	out := make([]gen.Certificate, len(list))
	for i, c := range list {
		out[i] = certificate(c)
	}
	return out
}

// ListCertificates gives one's own certificates.
func (r signingRoom) ListCertificates(ctx context.Context, _ gen.ListCertificatesRequestObject) (gen.ListCertificatesResponseObject, error) {
	list, err := r.accounts.Certificates(ctx, identityOf(ctx))
	return gen.ListCertificates200JSONResponse{Items: certificates(list), LocalProgram: absent(r.local)}, err
}

func keyNew(b gen.CertificateNew) (n accounts.KeyNew, err error) {
	n = accounts.KeyNew{Provider: signing.Provider(b.Provider), Password: present(b.Password), Reference: present(b.Reference), PIN: present(b.Pin)}
	read := func(name string, text *string) []byte {
		bytes, wrong := base64.StdEncoding.DecodeString(present(text))
		if wrong != nil {
			err = fault.InvalidField(name, "format", "Không đúng định dạng.", "Not in the right form.")
		}
		return bytes
	}
	n.File, n.Image = read("file", b.File), read("image", b.Image)
	return n, err
}

// AddCertificate adds a certificate of one's own.
func (r signingRoom) AddCertificate(ctx context.Context, q gen.AddCertificateRequestObject) (gen.AddCertificateResponseObject, error) {
	n, err := keyNew(*q.Body)
	if err != nil {
		return nil, err
	}
	c, err := r.accounts.AddCertificate(ctx, identityOf(ctx), n)
	return gen.AddCertificate201JSONResponse(certificate(c)), err
}

// RemoveCertificate takes one of one's own certificates out of use.
func (r signingRoom) RemoveCertificate(ctx context.Context, q gen.RemoveCertificateRequestObject) (gen.RemoveCertificateResponseObject, error) {
	return gen.RemoveCertificate204Response{}, r.accounts.RemoveCertificate(ctx, identityOf(ctx), org.ID(q.Id))
}

// ListSeals gives the seals of an agency.
func (r signingRoom) ListSeals(ctx context.Context, q gen.ListSealsRequestObject) (gen.ListSealsResponseObject, error) {
	list, rule, err := r.accounts.Seals(ctx, personOf(ctx), org.ID(q.Id))
	return gen.ListSeals200JSONResponse{Items: certificates(list), Required: rule.Required, Initials: rule.Initials}, err
}

// AddSeal gives an agency a seal.
func (r signingRoom) AddSeal(ctx context.Context, q gen.AddSealRequestObject) (gen.AddSealResponseObject, error) {
	n, err := keyNew(*q.Body)
	if err != nil {
		return nil, err
	}
	c, err := r.accounts.AddSeal(ctx, personOf(ctx), org.ID(q.Id), n)
	return gen.AddSeal201JSONResponse(certificate(c)), err
}

// RemoveSeal takes a seal out of use.
func (r signingRoom) RemoveSeal(ctx context.Context, q gen.RemoveSealRequestObject) (gen.RemoveSealResponseObject, error) {
	return gen.RemoveSeal204Response{}, r.accounts.RemoveSeal(ctx, personOf(ctx), org.ID(q.Id), org.ID(q.SealId))
}

// SetSigningRule says whether documents of an agency must be signed.
func (r signingRoom) SetSigningRule(ctx context.Context, q gen.SetSigningRuleRequestObject) (gen.SetSigningRuleResponseObject, error) {
	return gen.SetSigningRule204Response{}, r.accounts.SetSigningRule(ctx, personOf(ctx),
		signing.Rule{AgencyID: org.ID(q.Id), Required: q.Body.Required, Initials: present(q.Body.Initials)})
}

// ListToSign gives what waits for one's signature or the agency's seal.
func (r signingRoom) ListToSign(ctx context.Context, q gen.ListToSignRequestObject) (gen.ListToSignResponseObject, error) {
	list, err := r.documents.Waiting(ctx, personOf(ctx), document.Act(q.Params.Act))
	if err != nil {
		return nil, err
	}
	out := gen.ListToSign200JSONResponse{Items: make([]gen.WaitingDocument, len(list))}
	for i, d := range list {
		main, _ := d.Main()
		out.Items[i] = gen.WaitingDocument{DocumentId: uuid.UUID(d.ID), AgencyId: uuid.UUID(d.AgencyID), Kind: d.Kind, Subject: d.Subject,
			Urgency: gen.Urgency(d.Urgency), Reference: d.Reference(), State: gen.DocumentState(d.State), SignerName: d.SignerName,
			Sha256: main.Hash.String(), UpdatedAt: d.UpdatedAt}
	}
	return out, nil
}

func order(ctx context.Context, o outgoing.SigningOrder, t signing.Ticket) gen.SigningOrder {
	act := gen.SigningActSign
	switch o.Place.Kind {
	case signing.Seal, signing.AnnexSeal, signing.Copy:
		act = gen.SigningActSeal
	case signing.Initial:
		act = gen.SigningActInitial
	}
	out := gen.SigningOrder{Id: uuid.UUID(o.ID), BatchId: uuid.UUID(o.BatchID), DocumentId: uuid.UUID(o.DocumentID), Subject: o.Subject, Kind: o.Kind, Act: act, Annex: absent(o.Annex),
		Provider: gen.KeyProvider(o.Provider), State: gen.SigningOrderState(o.State), Stamped: o.Stamped, Failure: absent(o.Failure),
		FailureText: absent(in(ctx, o.Failed)), CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt}
	if t != (signing.Ticket{}) {
		text := hex.EncodeToString(t[:])
		out.Ticket = &text
	}
	return out
}

// OrderSigning orders the signatures of a batch.
func (r signingRoom) OrderSigning(ctx context.Context, q gen.OrderSigningRequestObject) (gen.OrderSigningResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	ask := outgoing.SignRequest{Act: document.Act(q.Body.Act), CertificateID: org.ID(q.Body.CertificateId), PresenceID: org.ID(q.Body.PresenceId)}
	for _, d := range q.Body.Documents {
		seen, err := document.ParseHash(d.SeenSha256)
		if err != nil {
			return nil, err
		}
		ask.Documents = append(ask.Documents, outgoing.ToSign{DocumentID: org.ID(d.DocumentId), Seen: seen})
	}
	b, err := r.documents.Order(ctx, personOf(ctx), c, ask)
	if err != nil {
		return nil, err
	}
	out := gen.OrderSigning201JSONResponse{BatchId: uuid.UUID(b.ID), Orders: []gen.SigningOrder{}, Refused: []gen.SigningRefused{}}
	for _, i := range b.Items {
		if i.Refused == nil {
			out.Orders = append(out.Orders, order(ctx, i.Order, i.Ticket))
			continue
		}
		f := r.refusedOne(ctx, i)
		out.Refused = append(out.Refused, gen.SigningRefused{DocumentId: uuid.UUID(i.DocumentID), Code: f.Code, Text: in(ctx, f.Text)})
	}
	return out, nil
}

// refusedOne gives why one document of a batch is not signed. A defect of ours is
// logged under the request's number with the document, and its code stays inside.
func (r signingRoom) refusedOne(ctx context.Context, o outgoing.Ordered) *fault.Error {
	var f *fault.Error
	if errors.As(o.Refused, &f) && f.Kind != fault.Internal {
		return f
	}
	r.log.ErrorContext(ctx, "a document of a batch was not ordered", slog.String("request", requestID(ctx)),
		slog.String("operation", operationID(ctx)), slog.String("document", o.DocumentID.String()), slog.Any("error", o.Refused))
	return errDefect
}

// ListSigningOrders gives one's own orders.
func (r signingRoom) ListSigningOrders(ctx context.Context, q gen.ListSigningOrdersRequestObject) (gen.ListSigningOrdersResponseObject, error) {
	list, err := r.documents.Orders(ctx, personOf(ctx), idOf(q.Params.BatchId))
	if err != nil {
		return nil, err
	}
	out := gen.ListSigningOrders200JSONResponse{Items: make([]gen.SigningOrder, len(list))}
	for i, o := range list {
		out.Items[i] = order(ctx, o, signing.Ticket{})
	}
	return out, nil
}

// CancelSigningOrder ends one of one's own orders.
func (r signingRoom) CancelSigningOrder(ctx context.Context, q gen.CancelSigningOrderRequestObject) (gen.CancelSigningOrderResponseObject, error) {
	o, err := r.documents.CancelOrder(ctx, personOf(ctx), org.ID(q.Id))
	return gen.CancelSigningOrder200JSONResponse(order(ctx, o, signing.Ticket{})), err
}

// RepeatSigningOrder opens one of one's own orders again.
func (r signingRoom) RepeatSigningOrder(ctx context.Context, q gen.RepeatSigningOrderRequestObject) (gen.RepeatSigningOrderResponseObject, error) {
	o, t, err := r.documents.RepeatOrder(ctx, personOf(ctx), org.ID(q.Id), org.ID(q.Body.PresenceId))
	return gen.RepeatSigningOrder200JSONResponse(order(ctx, o, t)), err
}

// ConfirmSigning passes on what the person typed for the service that holds the key.
func (r signingRoom) ConfirmSigning(ctx context.Context, q gen.ConfirmSigningRequestObject) (gen.ConfirmSigningResponseObject, error) {
	secrets := make(map[string]string, len(q.Body.Secrets))
	for _, s := range q.Body.Secrets {
		secrets[s.Id] = s.Value
	}
	list, err := r.documents.ConfirmOrders(ctx, personOf(ctx), org.ID(q.Body.BatchId), secrets)
	if err != nil {
		return nil, err
	}
	out := gen.ConfirmSigning200JSONResponse{Items: make([]gen.SigningOrder, len(list))}
	for i, o := range list {
		out.Items[i] = order(ctx, o, signing.Ticket{})
	}
	return out, nil
}

func ticketOf(text string) (t signing.Ticket, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(t) {
		return t, signing.ErrTicket
	}
	copy(t[:], raw)
	return t, nil
}

// FetchToSign gives the file of an order to who has its ticket.
func (r signingRoom) FetchToSign(ctx context.Context, q gen.FetchToSignRequestObject) (gen.FetchToSignResponseObject, error) {
	t, err := ticketOf(q.Params.CongvanTicket)
	if err != nil {
		return nil, err
	}
	f, content, err := r.documents.FetchOrder(ctx, org.ID(q.Id), t)
	if err != nil {
		return nil, err
	}
	return sendFile(ctx, download{Name: f.Name, MediaType: f.MediaType, SHA256: f.Hash.String(), Content: content}, true)
}

// ReturnSigned takes the signed file of an order.
func (r signingRoom) ReturnSigned(ctx context.Context, q gen.ReturnSignedRequestObject) (gen.ReturnSignedResponseObject, error) {
	t, err := ticketOf(q.Params.CongvanTicket)
	if err != nil {
		return nil, err
	}
	o, err := r.documents.ReturnSigned(ctx, org.ID(q.Id), t, q.Body)
	return gen.ReturnSigned200JSONResponse{State: gen.SigningOrderState(o.State)}, err
}

// ListDocumentSignatures tells what the signatures of a document's files say.
func (r signingRoom) ListDocumentSignatures(ctx context.Context, q gen.ListDocumentSignaturesRequestObject) (gen.ListDocumentSignaturesResponseObject, error) {
	v, err := r.documents.Read(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	items := []gen.FileSignatures{}
	for _, f := range v.Files {
		if items, err = r.judge(ctx, items, f.Name, f.Hash); err != nil {
			return nil, err
		}
	}
	return gen.ListDocumentSignatures200JSONResponse{Items: items}, nil
}

// ListArrivalSignatures tells what the signatures of an arrival's files say.
func (r signingRoom) ListArrivalSignatures(ctx context.Context, q gen.ListArrivalSignaturesRequestObject) (gen.ListArrivalSignaturesResponseObject, error) {
	v, err := r.arrivals.Read(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	items := []gen.FileSignatures{}
	for _, f := range v.Files {
		if items, err = r.judge(ctx, items, f.Name, f.Hash); err != nil {
			return nil, err
		}
	}
	return gen.ListArrivalSignatures200JSONResponse{Items: items}, nil
}

func (r signingRoom) judge(ctx context.Context, items []gen.FileSignatures, name string, h document.Hash) ([]gen.FileSignatures, error) {
	report, isPDF, err := r.judged.Stored(ctx, h)
	if err != nil || !isPDF {
		return items, err
	}
	return append(items, gen.FileSignatures{Name: name, Sha256: h.String(), Report: signatureReport(ctx, report)}), nil
}

func signatureReport(ctx context.Context, v verification.Report) gen.SignatureReport {
	say := func(t verification.Text) string { return in(ctx, fault.Text(t)) }
	out := gen.SignatureReport{Valid: v.Valid(), Signatures: make([]gen.Signature, len(v.Signatures)), Revisions: v.Revisions, ActiveContent: v.Active,
		Code: absent(v.Code), JudgedAt: v.JudgedAt}
	if v.Refused != nil {
		text := say(*v.Refused)
		out.Refused = &text
	}
	for i, s := range v.Signatures {
		one := gen.Signature{Kind: s.Kind, Signer: s.Signer, Agency: absent(s.Agency), Issuer: s.Issuer, Fingerprint: absent(s.Fingerprint),
			ClaimedAt: optionalTime(s.ClaimedAt), StampedAt: optionalTime(s.StampedAt), Integrity: s.Integrity, IntegrityText: say(s.IntegrityText),
			Certificate: s.Certificate, CertificateText: say(s.Standing), RevocationText: say(s.Revocation), Level: absent(s.Level), Training: s.Training,
			CoversWholeFile: s.Covers, Valid: s.Valid, Later: make([]gen.LaterChange, len(s.Later))}
		for j, c := range s.Later {
			one.Later[j] = gen.LaterChange{Revision: c.Revision, Allowed: c.Allowed, Text: say(c.What)}
		}
		out.Signatures[i] = one
	}
	return out
}

// maxPublic is the size of a file that anybody may have judged.
const maxPublic = 30 << 20

// VerifyFile judges a file of anybody's, and keeps nothing of it.
func (r signingRoom) VerifyFile(ctx context.Context, q gen.VerifyFileRequestObject) (gen.VerifyFileResponseObject, error) {
	if !r.public {
		return nil, fault.Missing()
	}
	if c, ok := ctx.(*gin.Context); ok {
		if err := r.visits.enter(c.ClientIP()); err != nil {
			return nil, err
		}
		if c.Request.ContentLength > maxPublic {
			return nil, errTooLarge
		}
	}
	report, err := r.judged.Given(ctx, io.LimitReader(q.Body, maxPublic+1), maxPublic)
	if err != nil {
		return nil, err
	}
	return gen.VerifyFile200JSONResponse(signatureReport(ctx, report)), nil
}
