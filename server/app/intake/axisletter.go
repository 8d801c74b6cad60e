package intake

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// errNoReceiver is told of a package that names nobody.
var errNoReceiver = exchange.ErrRecipientUnknown.Because(errors.New("neither headers nor package name a recipient"))

// takeLetter makes an arrival at each recipient here, and lets the others fetch
// it. Recipients that have it already are left alone.
func (s *Service) takeLetter(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage, key ed25519.PrivateKey) (receipt exchange.SignedReceipt, err error) {
	to := m.To
	if len(to) == 0 {
		for _, party := range p.Letter.To {
			if party.Code != "" {
				to = append(to, party.Code)
			}
		}
	}
	if len(to) == 0 {
		return receipt, errNoReceiver
	}
	before, err := tx.AxisRecipients(ctx, row.ID)
	if err != nil {
		return receipt, err
	}
	// Who has it already has it, also where the agency has ended or moved since.
	to = slices.DeleteFunc(slices.Clone(to), func(code org.AgencyCode) bool {
		at := slices.IndexFunc(before, func(r postgres.AxisRecipient) bool { return r.Code == code })
		if at >= 0 {
			receipt = before[at].Receipt
		}
		return at >= 0
	})
	places, err := s.places(ctx, tx, to)
	if err != nil {
		return receipt, err
	}
	for _, at := range places {
		had, known, err := tx.AxisRecipient(ctx, at.agency, row.ID)
		if err != nil {
			return receipt, err
		}
		if known {
			receipt = had.Receipt
			continue
		}
		if receipt, err = s.deliver(ctx, tx, m, p, row, at, key); err != nil {
			return receipt, err
		}
	}
	return receipt, nil
}

func (s *Service) deliver(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage, at place, key ed25519.PrivateKey) (exchange.SignedReceipt, error) {
	now := s.clock()
	r := postgres.AxisRecipient{AgencyID: at.agency, MessageID: row.ID, Code: at.code, PeerID: at.peer, State: stateWaits, StateAt: now}
	if at.peer.IsZero() {
		senders, err := sendersOf(ctx, tx, row.From)
		if err != nil {
			return r.Receipt, err
		}
		known, err := s.mark(ctx, tx, m.Peer, p, row, at, senders)
		if err != nil {
			return r.Receipt, err
		}
		r.State = stateDone
		if !known {
			if r.ArrivalID, err = s.arrive(ctx, tx, m.Peer, p, row, at, now); err != nil {
				return r.Receipt, err
			}
		}
		if m.Peer.Kind == exchange.PeerInstallation {
			r.Receipt = exchange.Delivered{Message: m.ID, Sender: m.Peer.System, From: row.From, To: at.code, Package: row.Package.Hash, Size: row.Package.Size,
				At: now.Truncate(time.Millisecond), Server: s.opts.Server}.Sign(key)
		}
	}
	_, err := tx.AddAxisRecipient(ctx, r)
	if err != nil || r.ArrivalID.IsZero() {
		return r.Receipt, err
	}
	if m.Peer.Kind == exchange.PeerInstallation {
		return r.Receipt, s.overtaken(ctx, tx, row, at.agency, r.ArrivalID)
	}
	// G2b: only that it arrived is told by itself; to a server of ours the
	// receipt says so.
	if err := tx.QueueStatus(ctx, at.agency, r.ArrivalID, exchange.Status{Code: exchange.CodeArrived, At: now}); err != nil {
		return r.Receipt, err
	}
	return r.Receipt, s.overtaken(ctx, tx, row, at.agency, r.ArrivalID)
}

// How far a message was fetched, in the words of the axis.
const (
	stateWaits = "initial"
	stateDone  = "done"
)

// maxLook is how many look-alike letters of a document are marked at once.
const maxLook = 20

func (s *Service) arrive(ctx context.Context, tx *postgres.Tx, peer postgres.Peer, p exchange.OpenedPackage, row postgres.AxisMessage, at place, now time.Time) (org.ID, error) {
	senders, err := tx.AgenciesByCode(ctx, []org.AgencyCode{row.From})
	if err != nil {
		return org.ID{}, err
	}
	a := letterArrival(peer, p, row, at, now)
	if len(senders) > 0 {
		a.OriginAgencyID = senders[0].ID
		if a.IssuerName == "" {
			a.IssuerName = senders[0].Name
		}
	}
	if a.IssuerName == "" {
		a.IssuerName = string(row.From)
	}
	if err := tx.AddArrival(ctx, a); err != nil {
		return org.ID{}, err
	}
	data := map[string]string{"from": a.IssuerName, "by": peer.Name}
	if p.Loses {
		data["damaged"] = "true"
	}
	if p.Seal.State != "" {
		data["packageSignature"] = p.Seal.State
		if p.Seal.Signer != "" {
			data["packageSigner"] = p.Seal.Signer
		}
	}
	return a.ID, tx.Record(ctx, a.AgencyID, subjectArrival, a.ID, document.Event{Verb: "arrived", Data: data}, document.By{}, now)
}

// letterArrival fills in what the package says; the clerk corrects it while
// registering (G1).
func letterArrival(peer postgres.Peer, p exchange.OpenedPackage, row postgres.AxisMessage, at place, now time.Time) routing.Arrival {
	l := *p.Letter
	source := routing.FromAxis
	if peer.Kind == exchange.PeerInstallation {
		source = routing.FromPeer
	}
	a := routing.Arrival{ID: postgres.NewID(), AgencyID: at.agency, Source: source, State: routing.Awaiting, Role: document.ForAction, ArrivedAt: now,
		Fields: routing.Fields{Kind: l.Kind, IssuerName: l.From.Name, IssuerCode: string(row.From), Number: l.Number, Symbol: l.Symbol, DocumentDate: l.Date,
			Subject: l.Subject, Urgency: l.Urgency, DueDate: l.DueDate, SignerName: l.SignerName, SignerTitle: l.SignerTitle,
			Note: noteOf(p, at), MainHash: p.Files[0].Hash}}
	if a.DocumentDate.After(org.DayOf(now)) {
		a.DocumentDate = org.Day{} // of the future: the clerk looks it up
	}
	if !a.DueDate.IsZero() && a.DueDate.Before(org.DayOf(now)) {
		a.DueDate = org.Day{}
	}
	for i, f := range p.Files {
		role := document.Annex
		if i == 0 {
			role = document.MainFile
		}
		a.Files = append(a.Files, routing.File{Role: role, Name: f.Name, Hash: f.Hash, Size: f.Size, MediaType: f.MediaType})
	}
	a.Lines = []routing.Line{routing.FirstLine(postgres.NewID(), now)}
	return a
}

// noteOf tells the clerk what is not to be seen in the fields.
func noteOf(p exchange.OpenedPackage, at place) string {
	var notes []string
	if at.note != "" {
		notes = append(notes, at.note)
	}
	for _, earlier := range p.Letter.Earlier {
		what := map[exchange.Act]string{exchange.ActRecall: "Thu hồi văn bản ", exchange.ActUpdate: "Cập nhật văn bản ", exchange.ActReplace: "Thay thế văn bản "}[p.Letter.Act]
		if what != "" && earlier.Code != "" {
			notes = append(notes, what+earlier.Code+".")
		}
	}
	switch {
	case p.Seal.State == "invalid":
		notes = append(notes, "Chữ ký XML của gói tin không đúng: gói tin có thể đã bị sửa trên đường đi; hãy hỏi bên gửi.")
	case p.Seal.State == "valid" && p.Seal.SHA1:
		notes = append(notes, "Chữ ký XML của gói tin dùng SHA-1, thuật toán đã yếu.")
	}
	if p.Loses {
		notes = append(notes, "Gói tin có chỗ không đúng chuẩn, có thể thiếu nội dung; hãy đối chiếu với bên gửi.")
	}
	return strings.Join(notes, " ")
}
