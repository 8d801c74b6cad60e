package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres/internal/dbsqlc"
)

// AxisAgency is an agency as a message names it.
type AxisAgency struct {
	ID               org.ID
	Code             org.AgencyCode
	OldCode          org.AgencyCode
	Name             string
	Email            string
	Channel          org.Channel
	Validity         org.Validity
	ParentID         org.ID
	ParentCode       string
	SuccessorID      org.ID
	SuccessorName    string
	SuccessorChannel org.Channel
	SuccessorCode    org.AgencyCode
	PeerID           org.ID // whom it is reached through; none of ours has one
}

// Names tells whether the agency goes by the code, in either form.
func (a AxisAgency) Names(code org.AgencyCode) bool {
	return a.Code == code || a.OldCode != "" && a.OldCode == code || a.Code.Same(code)
}

// AgenciesByCode gives the agencies that go by the codes, in either form.
func (tx *Tx) AgenciesByCode(ctx context.Context, codes []org.AgencyCode) ([]AxisAgency, error) {
	asked := make([]string, 0, 2*len(codes))
	for _, code := range codes {
		asked = append(asked, string(code))
		if modern, err := code.Modern(); err == nil && modern != code {
			asked = append(asked, string(modern))
		}
	}
	rows, err := tx.q.AgenciesByCode(ctx, asked)
	if err != nil {
		return nil, fmt.Errorf("look up agencies by code: %w", err)
	}
	list := make([]AxisAgency, len(rows))
	for i, r := range rows {
		list[i] = AxisAgency{ID: r.ID, Code: org.AgencyCode(r.Code), OldCode: org.AgencyCode(value(r.OldCode)), Name: r.Name, Email: r.Email,
			Channel: org.Channel(r.Channel), Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}, ParentID: value(r.ParentID),
			SuccessorID: value(r.SuccessorID), SuccessorName: r.SuccessorName, SuccessorChannel: org.Channel(r.SuccessorChannel),
			SuccessorCode: org.AgencyCode(r.SuccessorCode), PeerID: value(r.PeerID)}
	}
	return list, nil
}

// AxisDirectory gives the agencies as another system is told of them: all, or
// those of this installation.
func (tx *Tx) AxisDirectory(ctx context.Context, here bool) ([]AxisAgency, error) {
	rows, err := tx.q.AxisDirectory(ctx, here)
	if err != nil {
		return nil, fmt.Errorf("list the directory: %w", err)
	}
	list := make([]AxisAgency, len(rows))
	for i, r := range rows {
		list[i] = AxisAgency{ID: r.ID, Code: org.AgencyCode(r.Code), OldCode: org.AgencyCode(value(r.OldCode)), Name: r.Name, Email: r.Email,
			Channel: org.Channel(r.Channel), Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}, ParentID: value(r.ParentID),
			ParentCode: value(r.ParentCode)}
	}
	return list, nil
}

// AxisMessage is a message that came, or that waits to be fetched.
type AxisMessage struct {
	ID           org.ID
	PeerID       org.ID // who brought it; none for one of ours
	Key          string // what makes a repeat known
	Content      exchange.Content
	Act          exchange.Act
	From         org.AgencyCode
	DocumentCode string
	Reference    string
	DocumentDate org.Day
	Subject      string
	Reason       string // of an act
	Package      exchange.FileRef
	CreatedAt    time.Time
}

// PutAxisMessage writes the message, or gives the one that is there already.
func (tx *Tx) PutAxisMessage(ctx context.Context, m AxisMessage) (AxisMessage, error) {
	r, err := tx.q.InsertAxisMessage(ctx, dbsqlc.InsertAxisMessageParams{ID: m.ID, PeerID: optional(m.PeerID), Key: m.Key, Content: string(m.Content), Act: string(m.Act),
		FromCode: string(m.From), DocumentCode: m.DocumentCode, Reference: m.Reference, DocumentDate: optional(m.DocumentDate), Subject: m.Subject,
		Sha256: m.Package.Hash[:], Size: m.Package.Size, CreatedAt: m.CreatedAt, Reason: m.Reason})
	if err != nil {
		return m, fmt.Errorf("put message: %w", err)
	}
	return axisMessageOf(r), nil
}

func axisMessageOf(r dbsqlc.AxisMessage) AxisMessage {
	return AxisMessage{ID: r.ID, PeerID: value(r.PeerID), Key: r.Key, Content: exchange.Content(r.Content), Act: exchange.Act(r.Act), From: org.AgencyCode(r.FromCode),
		DocumentCode: r.DocumentCode, Reference: r.Reference, DocumentDate: value(r.DocumentDate), Subject: r.Subject, Reason: r.Reason,
		Package: exchange.FileRef{Hash: hashOf(r.Sha256), Size: r.Size}, CreatedAt: r.CreatedAt}
}

// AxisMessageByKey gives the message that a repeat is of, if there is one.
func (tx *Tx) AxisMessageByKey(ctx context.Context, peer org.ID, key string) (AxisMessage, bool, error) {
	r, err := tx.q.AxisMessageByKey(ctx, optional(peer), key)
	there, err := found(err)
	if err != nil || !there {
		return AxisMessage{}, false, err
	}
	return axisMessageOf(r), true, nil
}

// AxisRecipient is what became of a message at one of its recipients.
type AxisRecipient struct {
	AgencyID  org.ID
	MessageID org.ID
	Code      org.AgencyCode
	PeerID    org.ID // who is to fetch it
	ArrivalID org.ID
	State     string
	StateAt   time.Time
	Receipt   exchange.SignedReceipt
}

// AddAxisRecipient writes what became of a message, unless it is there already.
func (tx *Tx) AddAxisRecipient(ctx context.Context, r AxisRecipient) (added bool, err error) {
	n, err := tx.q.InsertAxisRecipient(ctx, dbsqlc.InsertAxisRecipientParams{AgencyID: r.AgencyID, MessageID: r.MessageID, Code: string(r.Code),
		PeerID: optional(r.PeerID), ArrivalID: optional(r.ArrivalID), State: r.State, StateAt: r.StateAt, ReceiptText: r.Receipt.Text,
		ReceiptKey: bytesOf(r.Receipt.Key), ReceiptSignature: bytesOf(r.Receipt.Signature)})
	if err != nil {
		return false, fmt.Errorf("add recipient: %w", err)
	}
	return n > 0, nil
}

// AxisRecipient gives what became of the message at the agency, if anything did.
func (tx *Tx) AxisRecipient(ctx context.Context, agency, message org.ID) (AxisRecipient, bool, error) {
	r, err := tx.q.GetAxisRecipient(ctx, agency, message)
	there, err := found(err)
	if err != nil || !there {
		return AxisRecipient{}, false, err
	}
	return axisRecipientOf(r), true, nil
}

func axisRecipientOf(r dbsqlc.AxisRecipient) AxisRecipient {
	return AxisRecipient{AgencyID: r.AgencyID, MessageID: r.MessageID, Code: org.AgencyCode(r.Code), PeerID: value(r.PeerID), ArrivalID: value(r.ArrivalID),
		State: r.State, StateAt: r.StateAt, Receipt: exchange.SignedReceipt{Text: r.ReceiptText, Key: r.ReceiptKey, Signature: r.ReceiptSignature}}
}

// AxisRecipients gives what became of the message everywhere.
func (tx *Tx) AxisRecipients(ctx context.Context, message org.ID) ([]AxisRecipient, error) {
	rows, err := tx.q.AxisRecipientsOf(ctx, message)
	if err != nil {
		return nil, fmt.Errorf("list recipients: %w", err)
	}
	list := make([]AxisRecipient, len(rows))
	for i, r := range rows {
		list[i] = axisRecipientOf(r)
	}
	return list, nil
}

// AxisWaiting is a message that waits to be fetched.
type AxisWaiting struct {
	ID        org.ID
	Content   exchange.Content
	From      string
	To        string
	State     string
	CreatedAt time.Time
	StateAt   time.Time
}

// AxisWaiting gives what waits for the other end.
func (tx *Tx) AxisWaiting(ctx context.Context, peer org.ID, content exchange.Content, skip, most int) ([]AxisWaiting, error) {
	rows, err := tx.q.AxisWaiting(ctx, dbsqlc.AxisWaitingParams{PeerID: &peer, Content: string(content), Skip: int32(skip), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list what waits: %w", err)
	}
	list := make([]AxisWaiting, len(rows))
	for i, r := range rows {
		list[i] = AxisWaiting{ID: r.ID, Content: exchange.Content(r.Content), From: r.FromCode, To: r.Code, State: r.State, CreatedAt: r.CreatedAt, StateAt: r.StateAt}
	}
	return list, nil
}

// CountAxisWaiting counts it.
func (tx *Tx) CountAxisWaiting(ctx context.Context, peer org.ID, content exchange.Content) (int, error) {
	n, err := tx.q.CountAxisWaiting(ctx, &peer, string(content))
	if err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return int(n), nil
}

// AxisPackage gives a package that the other end brought or may fetch.
func (tx *Tx) AxisPackage(ctx context.Context, peer, id org.ID) (exchange.FileRef, error) {
	r, err := tx.q.AxisPackage(ctx, id, &peer)
	if err != nil {
		return exchange.FileRef{}, fmt.Errorf("read package: %w", translate(err))
	}
	return exchange.FileRef{Hash: hashOf(r.Sha256), Size: r.Size}, nil
}

// SetAxisState notes how far the other end brought a message, and whether there is one.
func (tx *Tx) SetAxisState(ctx context.Context, peer, id org.ID, state string, now time.Time) (bool, error) {
	n, err := tx.q.SetAxisState(ctx, dbsqlc.SetAxisStateParams{State: state, At: now, MessageID: id, PeerID: &peer})
	if err != nil {
		return false, fmt.Errorf("set state: %w", err)
	}
	return n > 0, nil
}

// AxisSent is what became of a message at one recipient, as its sender is told.
type AxisSent struct {
	ID           org.ID
	Content      exchange.Content
	From, To     string
	Reference    string
	Subject      string
	CreatedAt    time.Time
	State        string // of the fetching, where it is fetched
	ArrivalState string
	ArrivedAt    time.Time
}

// AxisSent gives what became of a message that the other end brought.
func (tx *Tx) AxisSent(ctx context.Context, peer, id org.ID) ([]AxisSent, error) {
	rows, err := tx.q.AxisSent(ctx, id, &peer)
	if err != nil {
		return nil, fmt.Errorf("list what was sent: %w", err)
	}
	list := make([]AxisSent, len(rows))
	for i, r := range rows {
		list[i] = AxisSent{ID: r.ID, Content: exchange.Content(r.Content), From: r.FromCode, To: r.Code, Reference: r.Reference, Subject: r.Subject,
			CreatedAt: r.CreatedAt, State: r.State, ArrivalState: r.ArrivalState, ArrivedAt: value(r.ArrivedAt)}
	}
	return list, nil
}

// AxisOrigin is where an arrival came from.
type AxisOrigin struct {
	Peer    org.ID
	Kind    exchange.PeerKind
	OurCode org.AgencyCode // as its sender addressed us
	From    org.AgencyCode
	About   exchange.Named
}

// AxisOrigin gives where an arrival came from, if it came from another system.
func (tx *Tx) AxisOrigin(ctx context.Context, agency, arrival org.ID) (AxisOrigin, bool, error) {
	r, err := tx.q.AxisOrigin(ctx, agency, &arrival)
	there, err := found(err)
	if err != nil || !there {
		return AxisOrigin{}, false, err
	}
	from := org.AgencyCode(r.FromCode)
	return AxisOrigin{Peer: value(r.PeerID), Kind: exchange.PeerKind(r.Kind), OurCode: org.AgencyCode(r.OurCode), From: from,
		About: exchange.Named{AgencyCode: from, Code: r.DocumentCode, Reference: r.Reference, Date: value(r.DocumentDate)}}, true, nil
}

// EarlierArrivals gives the arrivals that the sender's earlier messages of a
// document became at an agency. senders are the codes that the sender goes by.
func (tx *Tx) EarlierArrivals(ctx context.Context, agency org.ID, code string, senders []string) ([]org.ID, error) {
	rows, err := tx.q.ArrivalOfAxis(ctx, dbsqlc.ArrivalOfAxisParams{DocumentCode: code, Senders: senders, AgencyID: agency})
	if err != nil {
		return nil, fmt.Errorf("look for earlier arrivals: %w", err)
	}
	ids := make([]org.ID, len(rows))
	for i, r := range rows {
		ids[i] = value(r.ArrivalID)
	}
	return ids, nil
}

// DocumentPackage gives what other systems know a document by, and its package
// once that is written.
func (tx *Tx) DocumentPackage(ctx context.Context, agency, id org.ID) (code string, file exchange.FileRef, err error) {
	r, err := tx.q.GetDocumentPackage(ctx, agency, id)
	there, err := found(err)
	if err != nil || !there {
		return "", exchange.FileRef{}, err
	}
	return r.Code, exchange.FileRef{Hash: hashOf(r.Sha256), Size: r.Size}, nil
}

// NameDocument keeps what other systems will know a document by.
func (tx *Tx) NameDocument(ctx context.Context, agency, id org.ID, code string) error {
	if err := tx.q.InsertDocumentPackage(ctx, dbsqlc.InsertDocumentPackageParams{AgencyID: agency, DocumentID: id, Code: code}); err != nil {
		return fmt.Errorf("name document: %w", err)
	}
	return nil
}

// KeepPackage keeps the package of a document; the first that is kept stays.
func (tx *Tx) KeepPackage(ctx context.Context, agency, id org.ID, file exchange.FileRef) (exchange.FileRef, error) {
	if _, err := tx.q.SetDocumentPackage(ctx, dbsqlc.SetDocumentPackageParams{Sha256: file.Hash[:], Size: file.Size, AgencyID: agency, DocumentID: id}); err != nil {
		return file, fmt.Errorf("keep package: %w", err)
	}
	_, kept, err := tx.DocumentPackage(ctx, agency, id)
	return kept, err
}

// KeepReceipt keeps what the other side gave for a delivery.
func (tx *Tx) KeepReceipt(ctx context.Context, d exchange.Delivery, r exchange.SignedReceipt, now time.Time) error {
	if err := tx.q.InsertDeliveryReceipt(ctx, dbsqlc.InsertDeliveryReceiptParams{AgencyID: d.AgencyID, DocumentID: d.DocumentID, DeliveryID: d.ID,
		Text: r.Text, Key: r.Key, Signature: r.Signature, At: now}); err != nil {
		return fmt.Errorf("keep receipt: %w", err)
	}
	return nil
}

// DeliveryReceipt gives the receipt of a delivery.
func (tx *Tx) DeliveryReceipt(ctx context.Context, agencies []org.ID, documentID, id org.ID) (exchange.SignedReceipt, error) {
	r, err := tx.q.GetDeliveryReceipt(ctx, dbsqlc.GetDeliveryReceiptParams{Agencies: agencies, DocumentID: documentID, DeliveryID: id})
	if err != nil {
		return exchange.SignedReceipt{}, fmt.Errorf("read receipt: %w", translate(err))
	}
	return exchange.SignedReceipt{Text: r.Text, Key: r.Key, Signature: r.Signature}, nil
}

// LockDeliveriesOf gives the deliveries to one of the agencies of the document
// that other systems know by the code, and keeps others from changing them.
func (tx *Tx) LockDeliveriesOf(ctx context.Context, code string, targets []org.ID) ([]exchange.Delivery, error) {
	documents, err := tx.q.DocumentByCode(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("look for a document by its code: %w", err)
	}
	var list []exchange.Delivery
	for _, d := range documents {
		rows, err := tx.q.DeliveriesTo(ctx, dbsqlc.DeliveriesToParams{AgencyID: d.AgencyID, DocumentID: d.DocumentID, Targets: targets})
		if err != nil {
			return nil, fmt.Errorf("lock deliveries: %w", err)
		}
		for _, r := range rows {
			list = append(list, deliveryOf(r))
		}
	}
	return list, nil
}

// QueueStatus puts word of an arrival on its way to a sender beyond this
// installation, behind what was said before.
func (tx *Tx) QueueStatus(ctx context.Context, agency, arrival org.ID, s exchange.Status) error {
	if err := tx.q.InsertAxisStatus(ctx, dbsqlc.InsertAxisStatusParams{AgencyID: agency, ID: NewID(), ArrivalID: arrival, Code: string(s.Code), At: s.At,
		ByName: s.ByName, Reason: s.Reason}); err != nil {
		return fmt.Errorf("queue status: %w", err)
	}
	return tx.Enqueue(ctx, job.SendStatus{AgencyID: agency, ArrivalID: arrival})
}

// WaitingStatus is word that is on its way.
type WaitingStatus struct {
	exchange.Status
	ID        org.ID
	AgencyID  org.ID
	ArrivalID org.ID
	Attempts  int
	NextAt    time.Time
	ErrorCode string
	SentAt    time.Time
	GivenUpAt time.Time
}

// NextStatus gives the word that is to be sent next, if any waits, and keeps
// others from sending it.
func (tx *Tx) NextStatus(ctx context.Context, agency, arrival org.ID) (WaitingStatus, bool, error) {
	r, err := tx.q.NextAxisStatus(ctx, agency, arrival)
	if errors.Is(err, pgx.ErrNoRows) {
		return WaitingStatus{}, false, nil
	}
	if err != nil {
		return WaitingStatus{}, false, fmt.Errorf("read status: %w", err)
	}
	return WaitingStatus{Status: exchange.Status{Code: exchange.StatusCode(r.Code), At: r.At, ByName: r.ByName, Reason: r.Reason}, ID: r.ID, AgencyID: r.AgencyID,
		ArrivalID: r.ArrivalID, Attempts: int(r.Attempts), NextAt: value(r.NextAttemptAt), ErrorCode: r.ErrorCode}, true, nil
}

// SaveStatus writes how far word has come.
func (tx *Tx) SaveStatus(ctx context.Context, s WaitingStatus) error {
	if err := tx.q.SaveAxisStatus(ctx, dbsqlc.SaveAxisStatusParams{Attempts: int32(s.Attempts), NextAttemptAt: optional(s.NextAt), ErrorCode: s.ErrorCode,
		SentAt: optional(s.SentAt), GivenUpAt: optional(s.GivenUpAt), AgencyID: s.AgencyID, ID: s.ID}); err != nil {
		return fmt.Errorf("save status: %w", err)
	}
	return nil
}

// OverdueStatuses gives a job for word that nobody sends.
func (tx *Tx) OverdueStatuses(ctx context.Context, before time.Time, most int) ([]job.SendStatus, error) {
	rows, err := tx.q.OverdueAxisStatuses(ctx, before, int32(most))
	if err != nil {
		return nil, fmt.Errorf("look for overdue statuses: %w", err)
	}
	jobs := make([]job.SendStatus, len(rows))
	for i, r := range rows {
		jobs[i] = job.SendStatus{AgencyID: r.AgencyID, ArrivalID: r.ArrivalID}
	}
	return jobs, nil
}

// letterOf gives what a package says of an issued document, with all the
// recipients that are agencies.
func (tx *Tx) letterOf(ctx context.Context, d document.Document, issuer exchange.Party) (exchange.Letter, error) {
	code, _, err := tx.DocumentPackage(ctx, d.AgencyID, d.ID)
	if err != nil {
		return exchange.Letter{}, err
	}
	l := exchange.Letter{Code: code, Number: d.WrittenNumber(), Symbol: d.Symbol, Date: d.Date, Kind: d.Kind, Subject: d.Subject, Urgency: d.Urgency,
		DueDate: d.DueDate, SignerName: d.SignerName, SignerTitle: d.SignerTitle, From: issuer, Act: exchange.ActNew}
	rows, err := tx.q.DocumentParties(ctx, d.AgencyID, d.ID)
	if err != nil {
		return l, fmt.Errorf("list recipients: %w", err)
	}
	for _, r := range rows {
		l.To = append(l.To, exchange.Party{AgencyID: r.ID, Code: org.AgencyCode(r.Code), Name: r.Name, Email: r.Email})
	}
	return l, nil
}
