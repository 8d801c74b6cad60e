package intake

import (
	"context"
	"slices"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// sender is whoever sends under a code: every code it goes by, and those of the
// agencies whose successor it is, for documents that are older than the merger.
type sender struct {
	name  string
	ids   []org.ID
	codes []string
}

func sendersOf(ctx context.Context, tx *postgres.Tx, code org.AgencyCode) (sender, error) {
	s := sender{codes: []string{string(code)}}
	known, err := tx.AgenciesByCode(ctx, []org.AgencyCode{code})
	if err != nil {
		return s, err
	}
	for _, a := range known {
		before, err := tx.AgenciesBefore(ctx, a.ID)
		if err != nil {
			return s, err
		}
		if s.name == "" {
			s.name = a.Name
		}
		for _, one := range append([]postgres.AxisAgency{a}, before...) {
			s.ids = append(s.ids, one.ID)
			for _, c := range []org.AgencyCode{one.Code, one.OldCode} {
				if c != "" && !slices.Contains(s.codes, string(c)) {
					s.codes = append(s.codes, string(c))
				}
			}
		}
	}
	return s, nil
}

// mark lets earlier arrivals hear what a later message of their sender does to
// them, so that whoever opens them sees it (F2, F3). It tells whether the message
// brings nothing that is not here already.
func (s *Service) mark(ctx context.Context, tx *postgres.Tx, peer postgres.Peer, p exchange.OpenedPackage, row postgres.AxisMessage, at place, from sender) (known bool, err error) {
	kind, acts := p.Letter.Act.Request()
	if !acts {
		return false, nil
	}
	word := job.HearRequest{AgencyID: at.agency, RequestID: row.ID, Request: string(kind), Reason: p.Letter.Reason, ByReference: p.Letter.References,
		SenderName: senderName(p.Letter.From, from, row.From), At: row.CreatedAt}
	if kind != document.RecallRequest { // a recall goes by the recalled document's own id
		word.ByCode, word.ByReference = p.Letter.Code, referenceOf(*p.Letter)
		if word.ByArrivalID, err = s.arrivedAs(ctx, tx, at.agency, p.Letter.Code, from); err != nil {
			return false, err
		}
	}
	found := 0
	for _, earlier := range p.Letter.Earlier[:min(len(p.Letter.Earlier), maxLook)] {
		n, err := s.hear(ctx, tx, word, at.agency, earlier.Code, from)
		if err != nil {
			return false, err
		}
		found += n
	}
	if found == 0 && p.Bare() && peer.Kind == exchange.PeerInstallation {
		return false, exchange.ErrMessageUnknown // it waits for its document before it sends this
	}
	if p.Bare() {
		return true, nil
	}
	return s.hasFile(ctx, tx, at.agency, word.ByArrivalID, p.Files[0].Hash)
}

func senderName(said exchange.Party, from sender, code org.AgencyCode) string {
	switch {
	case said.Name != "":
		return said.Name
	case from.name != "":
		return from.name
	}
	return string(code)
}

// arrivedAs gives the arrival that the sender's document became, none if it did not come.
func (s *Service) arrivedAs(ctx context.Context, tx *postgres.Tx, agency org.ID, code string, from sender) (org.ID, error) {
	ids, err := tx.EarlierArrivals(ctx, agency, code, from.codes)
	if err != nil || len(ids) == 0 {
		return org.ID{}, err
	}
	return ids[len(ids)-1], nil
}

// hasFile tells whether the arrival is of this very file: who sends a document
// and then says once more, with it, what it replaces, has sent one document.
func (s *Service) hasFile(ctx context.Context, tx *postgres.Tx, agency, arrival org.ID, h document.Hash) (bool, error) {
	if arrival.IsZero() {
		return false, nil
	}
	a, err := tx.LockArrival(ctx, []org.ID{agency}, arrival)
	return err == nil && a.MainHash == h, err
}

// hear lets the arrivals of a document hear a word of its sender, and gives how
// many there are. By a job: what follows is the same wherever the sender is.
func (s *Service) hear(ctx context.Context, tx *postgres.Tx, word job.HearRequest, agency org.ID, code string, from sender) (int, error) {
	if code == "" {
		return 0, nil
	}
	ids, err := tx.EarlierArrivals(ctx, agency, code, from.codes)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		word.ArrivalID = id
		if id == word.ByArrivalID {
			continue
		}
		if err := tx.Enqueue(ctx, word); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// overtaken lets a document that came late hear what its sender said of it
// meanwhile, and joins it to the documents that were said to be replaced by it.
func (s *Service) overtaken(ctx context.Context, tx *postgres.Tx, row postgres.AxisMessage, agency, arrival org.ID) error {
	if row.DocumentCode == "" {
		return nil
	}
	from, err := sendersOf(ctx, tx, row.From)
	if err != nil {
		return err
	}
	if err := tx.LinkHeard(ctx, agency, arrival, row.DocumentCode, from.codes); err != nil {
		return err
	}
	early, err := tx.EarlyActs(ctx, agency, row.DocumentCode, from.codes)
	if err != nil {
		return err
	}
	for _, act := range early {
		kind, acts := act.Act.Request()
		if !acts || act.ID == row.ID {
			continue
		}
		if err := tx.Enqueue(ctx, job.HearRequest{AgencyID: agency, ArrivalID: arrival, RequestID: act.ID, Request: string(kind), Reason: act.Reason,
			SenderName: senderName(exchange.Party{}, from, row.From), At: act.At}); err != nil {
			return err
		}
	}
	return nil
}

// takeBack lets what a sender sent hear that it wants it back (13).
func (s *Service) takeBack(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage) error {
	codes := append([]org.AgencyCode(nil), m.To...)
	if p.About.AgencyCode != "" {
		codes = append(codes, p.About.AgencyCode)
	}
	receivers, err := tx.AgenciesByCode(ctx, codes)
	if err != nil {
		return err
	}
	from, err := sendersOf(ctx, tx, row.From)
	if err != nil {
		return err
	}
	word := job.HearRequest{RequestID: row.ID, Request: string(document.TakeBackRequest), Reason: p.Status.Reason, SenderName: senderName(p.From, from, row.From), At: row.CreatedAt}
	found := 0
	for _, a := range receivers {
		for _, id := range []org.ID{a.ID, a.SuccessorID} {
			if id.IsZero() {
				continue
			}
			word.AgencyID = id
			n, err := s.hear(ctx, tx, word, id, p.About.Code, from)
			if err != nil {
				return err
			}
			found += n
		}
		r := postgres.AxisRecipient{AgencyID: a.ID, MessageID: row.ID, Code: a.Code, State: stateDone, StateAt: row.CreatedAt}
		if _, err := tx.AddAxisRecipient(ctx, r); err != nil {
			return err
		}
	}
	if found == 0 && m.Peer.Kind == exchange.PeerInstallation {
		return exchange.ErrMessageUnknown
	}
	return nil
}

// answerRequests carries a recipient's answer (15, 16) to what the sender asked,
// and tells whether anything was asked.
func (s *Service) answerRequests(ctx context.Context, tx *postgres.Tx, d exchange.Delivery, status exchange.Status) (bool, error) {
	open, err := tx.OpenRequests(ctx, d)
	if err != nil {
		return false, err
	}
	answered := false
	for _, r := range open {
		answer, says := status.Answer(r.Kind, d)
		if !says {
			continue
		}
		answered = true
		if err := tx.Enqueue(ctx, job.RequestAnswered{AgencyID: d.AgencyID, DocumentID: d.DocumentID, DeliveryID: d.ID, RequestID: r.ID, Answer: string(answer),
			At: status.At, ByName: status.ByName, Note: status.Note()}); err != nil {
			return false, err
		}
	}
	return answered, nil
}
