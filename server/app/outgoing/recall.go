package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// AfterIssue is what somebody wants to say of an issued document.
type AfterIssue struct {
	Kind         document.RequestKind
	Reason       string
	ByDocumentID org.ID   // the document by which it is done
	ByReference  string   // for one that is not here
	Deliveries   []org.ID // whom it is taken back from; none is everybody
}

// Ask carries out what is said of a document after its issue: void, take back,
// recall, replace, update (A4, F1, F2, F3). Recipients are told by a job of the
// same transaction, in the exchange's scope.
func (s *Service) Ask(ctx context.Context, who access.Person, c access.Command, id org.ID, in AfterIssue) error {
	return s.carryOut(ctx, who, c, id, step{in.Kind.Act(),
		func(ctx context.Context, tx *postgres.Tx, d *document.Document, by document.By, now time.Time) (document.Event, error) {
			follows, err := following(ctx, tx, who, in.ByDocumentID)
			if err != nil {
				return document.Event{}, err
			}
			r, event, err := d.Ask(document.Request{ID: postgres.NewID(), Kind: in.Kind, Reason: in.Reason, ByReference: in.ByReference, By: by.Name}, follows, now)
			if err != nil {
				return event, err
			}
			told, err := tx.AddRequest(ctx, r, in.Deliveries)
			if err != nil {
				return event, err
			}
			if told == 0 && in.Kind == document.TakeBackRequest {
				return event, fault.InvalidField("deliveryIds", "nobody", "Không có nơi nhận nào để lấy lại văn bản.", "There is no recipient to take the document back from.")
			}
			if follows != nil {
				also := document.Event{Verb: "follows_" + string(in.Kind), Data: map[string]string{"reference": d.Reference()}}
				if err := tx.Record(ctx, follows.AgencyID, subject, follows.ID, also, by, now); err != nil {
					return event, err
				}
			}
			return event, tx.Enqueue(ctx, job.TellRecipients{AgencyID: d.AgencyID, RequestID: r.ID})
		}})
}

// following gives the document by which the act is done, if one is named.
func following(ctx context.Context, tx *postgres.Tx, who access.Person, id org.ID) (*document.Document, error) {
	if id.IsZero() {
		return nil, nil //nolint:nilnil // none is named
	}
	d, found, err := tx.FindDocument(ctx, who.Agencies(), id)
	if err != nil {
		return nil, err
	}
	if !found || who.ReadDocument(access.FactsOf(d)) != nil {
		return nil, fault.InvalidField("byDocumentId", "unknown_document", "Không tìm thấy văn bản được chọn.", "The chosen document was not found.")
	}
	return &d, nil
}

// Said is what was said of a document, and what was done to others by it.
type Said struct {
	Requests []postgres.RequestView
	Followed []postgres.Followed
}

// Requests gives what was said of a document since its issue.
func (s *Service) Requests(ctx context.Context, who access.Person, id org.ID) (Said, error) {
	var said Said
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		if said.Requests, err = tx.Requests(ctx, d.AgencyID, d.ID); err != nil {
			return err
		}
		said.Followed, err = tx.Followed(ctx, d.AgencyID, d.ID)
		return err
	})
	return said, err
}
