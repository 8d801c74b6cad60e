package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/storage/postgres/internal/dbsqlc"
)

// SigningOrder is an order to sign with where it belongs.
type SigningOrder struct {
	signing.Order
	AgencyID      org.ID
	BatchID       org.ID
	Signer        document.By
	CertificateID org.ID
	Provider      signing.Provider
	Base          document.Hash // of the main file as it was when the order was made
	Stamped       bool          // the signature has a time stamp
	Failed        fault.Text    // what went wrong last, in words
	Subject       string        // of the document, in a list
	Kind          string
	Annex         string // name of the annex that is signed; none for the document itself
}

func orderOf(r dbsqlc.SigningOrder) SigningOrder {
	place, _ := signing.ParsePlace(r.Place)
	o := SigningOrder{AgencyID: r.AgencyID, BatchID: r.BatchID, CertificateID: r.CertificateID, Provider: signing.Provider(r.Provider), Stamped: r.Stamped,
		Base: hashOf(r.BaseSha256), Failed: fault.Text{VI: r.FailureVi, EN: r.FailureEn},
		Signer: document.By{Name: r.SignerName, Position: heldBy(r)},
		Order: signing.Order{ID: r.ID, DocumentID: r.DocumentID, SignerID: r.AccountID, Place: place, FileHash: hashOf(r.FileSha256),
			TicketKept: hashOf(r.TicketSha256), State: signing.State(r.State), Attempts: int(r.Attempts), CreatedAt: r.CreatedAt,
			ExpiresAt: r.ExpiresAt, SignedHash: hashOf(r.SignedSha256), Failure: r.Failure}}
	copy(o.Order.Signer[:], r.SignerFingerprint)
	return o
}

// heldBy gives the position that the order was made under, held by delegation or not.
func heldBy(r dbsqlc.SigningOrder) org.Position {
	p := org.Position{ID: r.PositionID, AccountID: r.AccountID, AgencyID: r.AgencyID, Title: r.SignerTitle}
	if r.OnBehalfOf != "" {
		p.Acting = &org.Acting{FullName: r.OnBehalfOf}
	}
	return p
}

var errBeingSigned = fault.New(fault.Conflict, "being_signed",
	"Văn bản này đang được ký hoặc đóng dấu ở nơi khác.", "The document is being signed or sealed elsewhere at this moment.")

// AddSigningOrder stores a new order. There is one at a time for each place.
func (tx *Tx) AddSigningOrder(ctx context.Context, o SigningOrder) error {
	err := tx.q.InsertSigningOrder(ctx, dbsqlc.InsertSigningOrderParams{AgencyID: o.AgencyID, ID: o.ID, DocumentID: o.DocumentID, BatchID: o.BatchID,
		AccountID: o.SignerID, PositionID: o.Signer.Position.ID, SignerName: o.Signer.Name, SignerTitle: o.Signer.Position.Title,
		CertificateID: o.CertificateID, Provider: string(o.Provider), Place: o.Place.Name(), BaseSha256: o.Base[:], FileSha256: o.FileHash[:],
		SignerFingerprint: o.Order.Signer[:], TicketSha256: o.TicketKept[:], State: string(o.State), CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt,
		OnBehalfOf: o.Signer.Position.Acting.Name()})
	if violates(err, "signing_order_one") {
		return errBeingSigned.Because(err)
	}
	if err != nil {
		return fmt.Errorf("add signing order: %w", err)
	}
	return nil
}

// SaveSigningOrder writes how an order stands; it is locked.
func (tx *Tx) SaveSigningOrder(ctx context.Context, o SigningOrder) error {
	err := tx.q.UpdateSigningOrder(ctx, dbsqlc.UpdateSigningOrderParams{State: string(o.State), Attempts: int32(o.Attempts), TicketSha256: o.TicketKept[:],
		ExpiresAt: o.ExpiresAt, SignedSha256: hashBytes(o.SignedHash), Stamped: o.Stamped, Failure: o.Failure,
		FailureVi: o.Failed.VI, FailureEn: o.Failed.EN, AgencyID: o.AgencyID, ID: o.ID})
	if violates(err, "signing_order_one") {
		return errBeingSigned.Because(err)
	}
	if err != nil {
		return fmt.Errorf("save signing order: %w", err)
	}
	return nil
}

// LockSigningOrder gives an order of one of the agencies and keeps everybody else
// from changing it.
func (tx *Tx) LockSigningOrder(ctx context.Context, agencies []org.ID, id org.ID) (SigningOrder, error) {
	r, err := tx.q.LockSigningOrder(ctx, agencies, id)
	if err != nil {
		return SigningOrder{}, fmt.Errorf("lock signing order: %w", err)
	}
	return orderOf(r), nil
}

// FindSigningOrder gives an order to who has its ticket and therefore names no
// agency; only the exchange's scope finds it.
func (tx *Tx) FindSigningOrder(ctx context.Context, id org.ID) (SigningOrder, error) {
	r, err := tx.q.FindSigningOrder(ctx, id)
	if err != nil {
		return SigningOrder{}, fmt.Errorf("find signing order: %w", err)
	}
	return orderOf(r), nil
}

// SigningOrders gives the orders of an account, newest first, of one batch where it is named.
func (tx *Tx) SigningOrders(ctx context.Context, agencies []org.ID, account, batch org.ID, most int) ([]SigningOrder, error) {
	rows, err := tx.q.ListSigningOrders(ctx, dbsqlc.ListSigningOrdersParams{Agencies: agencies, AccountID: account, BatchID: batch, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list signing orders: %w", err)
	}
	list := make([]SigningOrder, len(rows))
	for i, r := range rows {
		list[i] = orderOf(r.SigningOrder)
		list[i].Subject, list[i].Kind, list[i].Annex = r.Subject, r.Kind, r.Annex
	}
	return list, nil
}

// DueOrder names an order that nobody answered.
type DueOrder struct{ AgencyID, ID org.ID }

// DueSigningOrders gives orders that have waited long enough.
func (tx *Tx) DueSigningOrders(ctx context.Context, now time.Time, most int) ([]DueOrder, error) {
	rows, err := tx.q.ListDueSigningOrders(ctx, now, int32(most))
	if err != nil {
		return nil, fmt.Errorf("list due signing orders: %w", err)
	}
	list := make([]DueOrder, len(rows))
	for i, r := range rows {
		list[i] = DueOrder{AgencyID: r.AgencyID, ID: r.ID}
	}
	return list, nil
}

// AwaitsSignature says what waits for the person's signature or initials, or for
// the seal of an agency whose clerk the person is. The list and its count both
// ask by it.
func AwaitsSignature(p access.Person, act document.Act) (DocumentReach, DocumentFilter) {
	if act == document.Seal {
		clerk := p
		clerk.Positions = slices.DeleteFunc(slices.Clone(p.Positions), func(pos org.Position) bool { return pos.Role != org.Clerk })
		return DocumentReachOf(clerk, org.ID{}), DocumentFilter{Seals: true}
	}
	// Leaders sign, unit heads on their order, and whoever stands in for one of them.
	signs, initials := []org.ID{}, []org.ID{}
	for _, pos := range p.Positions {
		if pos.Role == org.Admin || !pos.Covers(org.PowerApprove) {
			continue
		}
		initials = append(initials, pos.ID)
		if pos.Role.Signs() {
			signs = append(signs, pos.ID)
		}
	}
	if act == document.Initial {
		return DocumentReachOf(p, org.ID{}), DocumentFilter{Initials: initials}
	}
	return DocumentReachOf(p, org.ID{}), DocumentFilter{Signs: signs, SignedBy: p.FullName}
}

// WholeDocuments gives the documents of a page of the list, with their files.
func (tx *Tx) WholeDocuments(ctx context.Context, reach DocumentReach, f DocumentFilter) ([]document.Document, error) {
	page, err := tx.Documents(ctx, reach, f)
	if err != nil {
		return nil, err
	}
	list := make([]document.Document, len(page))
	for i, row := range page {
		if list[i], err = tx.Document(ctx, reach.Agencies, row.ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// CancelSigningOrders ends what is still open of the orders on a document.
func (tx *Tx) CancelSigningOrders(ctx context.Context, agency, document org.ID) error {
	if _, err := tx.q.CancelSigningOrders(ctx, agency, document); err != nil {
		return fmt.Errorf("cancel signing orders: %w", err)
	}
	return nil
}

// HasInitialled tells whether the position has put its initials on the document since it was submitted.
func (tx *Tx) HasInitialled(ctx context.Context, d document.Document, position org.ID) (bool, error) {
	has, err := tx.q.HasInitialled(ctx, dbsqlc.HasInitialledParams{AgencyID: d.AgencyID, DocumentID: d.ID, PositionID: position, Since: d.SubmittedAt})
	if err != nil {
		return false, fmt.Errorf("look for initials: %w", err)
	}
	return has, nil
}

// copyKinds are the kinds that the agency signs alone.
func copyKinds() (list []string) {
	for _, k := range document.Kinds() {
		if k.Copy {
			list = append(list, k.Code)
		}
	}
	return list
}
