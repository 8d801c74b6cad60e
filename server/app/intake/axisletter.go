package intake

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

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

// takeStatus applies word of a document of ours, in whatever order it comes; word
// of a document that nobody here sent is kept and changes nothing.
func (s *Service) takeStatus(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage) error {
	if p.Status.Code.BySender() {
		return s.takeBack(ctx, tx, m, p, row)
	}
	from, err := sendersOf(ctx, tx, row.From)
	if err != nil {
		return err
	}
	deliveries, err := tx.LockDeliveriesOf(ctx, p.About.Code, from.ids)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		receipt, says := p.Status.Receipt()
		if says {
			// By a job: the history of the sender's document is told in one place.
			if err := tx.Enqueue(ctx, job.TellSender{AgencyID: d.AgencyID, DocumentID: d.DocumentID, DeliveryID: d.ID, State: string(receipt.State),
				At: receipt.At, ByName: receipt.ByName, Reason: reasonOf(*p.Status)}); err != nil {
				return err
			}
			continue
		}
		answered, err := s.answerRequests(ctx, tx, d, *p.Status)
		if err != nil {
			return err
		}
		if answered {
			continue
		}
		event := document.Event{Verb: answerVerb(p.Status.Code), Data: map[string]string{"recipient": d.Name, "reason": p.Status.Reason, "byName": p.Status.ByName}}
		if err := tx.Record(ctx, d.AgencyID, "document", d.DocumentID, event, document.By{}, s.clock()); err != nil {
			return err
		}
	}
	return nil
}

// reasonOf keeps a description only where it is a reason: others say the code
// in words.
func reasonOf(s exchange.Status) string {
	if s.Code.NeedsReason() {
		return s.Reason
	}
	return ""
}

func answerVerb(code exchange.StatusCode) string {
	switch code {
	case exchange.CodeAgreed:
		return "take_back_agreed"
	case exchange.CodeDeclined:
		return "take_back_declined"
	}
	return "status_unknown"
}

// keyLook is how long a process goes on with the key that it has.
const keyLook = 30 * time.Second

// MakeKey makes the key that this installation signs with, where there is none
// yet: an operator gives its public half to others before the first message.
func (s *Service) MakeKey(ctx context.Context) error {
	_, err := s.signer(ctx)
	return err
}

// signer gives the key that this installation signs with now; the first call
// ever makes it.
func (s *Service) signer(ctx context.Context) (ed25519.PrivateKey, error) {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	now := s.clock()
	if s.key != nil && now.Sub(s.keyAt) < keyLook {
		return s.key, nil
	}
	var current postgres.SealedKey
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		keys, err := tx.ExchangeKeys(ctx)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.RetiredAt.IsZero() || k.RetiredAt.After(now) {
				current = k // the oldest that is still in use: peers hear of a new one before it signs
			}
		}
		if !current.ID.IsZero() {
			return nil
		}
		current, err = s.makeKey(now)
		if err != nil {
			return err
		}
		return tx.AddExchangeKey(ctx, current)
	})
	if err != nil {
		return nil, err
	}
	plain, err := s.secrets.Open(current.ID, current.Secret)
	if err != nil {
		return nil, err
	}
	s.key, s.keyAt = ed25519.NewKeyFromSeed([]byte(plain)), now
	return s.key, nil
}

func publicOf(key ed25519.PrivateKey) []byte { return key.Public().(ed25519.PublicKey) }

func (s *Service) makeKey(now time.Time) (postgres.SealedKey, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return postgres.SealedKey{}, err
	}
	id := postgres.NewID()
	return postgres.SealedKey{ID: id, Public: public, Secret: s.secrets.Seal(id, string(private.Seed())), CreatedAt: now}, nil
}
