package notice

import (
	"context"
	"slices"
	"sync"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Hub hands live changes to everybody who watches. It remembers nothing: who
// was away reads what was recorded since (Missed).
type Hub struct {
	store    *postgres.Store
	mu       sync.Mutex
	watchers map[*Watcher]bool
	ended    chan struct{}
}

// NewHub makes a hub; Run feeds it.
func NewHub(store *postgres.Store) *Hub {
	return &Hub{store: store, watchers: map[*Watcher]bool{}, ended: make(chan struct{})}
}

// Run listens to the database until ctx ends, and everybody's watching with
// it. It is called once.
func (h *Hub) Run(ctx context.Context) error {
	defer close(h.ended)
	return h.store.Listen(ctx, h.heard, h.lost)
}

// pending is how many changes wait for a slow watcher before it is told to
// read everything again.
const pending = 256

// Watcher is one screen that watches the agencies of one person.
type Watcher struct {
	hub      *Hub
	agencies []org.ID
	changes  chan postgres.Change
	reset    chan struct{}
}

// Watch begins to collect the changes of the person's agencies; Close ends it.
func (h *Hub) Watch(who access.Person) (*Watcher, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	w := &Watcher{hub: h, agencies: who.Agencies(), changes: make(chan postgres.Change, pending), reset: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers[w] = true
	return w, nil
}

// Changes gives the changes as they come.
func (w *Watcher) Changes() <-chan postgres.Change { return w.changes }

// Reset tells that changes were lost and everything should be read again.
func (w *Watcher) Reset() <-chan struct{} { return w.reset }

// Ended tells that the hub hears nothing any more: the process ends.
func (w *Watcher) Ended() <-chan struct{} { return w.hub.ended }

// Close ends the watching.
func (w *Watcher) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	delete(w.hub.watchers, w)
}

func (h *Hub) heard(changes []postgres.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		for _, c := range changes {
			if !slices.Contains(w.agencies, c.AgencyID) {
				continue
			}
			select {
			case w.changes <- c:
			default:
				w.tellReset()
			}
		}
	}
}

func (h *Hub) lost() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		w.tellReset()
	}
}

func (w *Watcher) tellReset() {
	select {
	case w.reset <- struct{}{}:
	default:
	}
}

// overlap is how far back a resumed stream begins before the last event it
// saw: events get their identifiers before they commit, so a later one may
// have become visible first. Hearing a change twice does no harm.
const overlap = 30 * time.Second

// missedMost is how many missed changes are told one by one.
const missedMost = 500

// Missed gives what was recorded since an event, oldest first; more says that
// there was too much and everything should be read again.
func (s *Service) Missed(ctx context.Context, who access.Person, last org.ID) (changes []postgres.Change, more bool, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, false, err
	}
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		changes, err = tx.ChangesSince(ctx, who.Agencies(), before(last, overlap), missedMost+1)
		return err
	})
	if len(changes) > missedMost {
		return nil, true, err
	}
	return changes, false, err
}

// MissedSince gives what was recorded since a moment, as Missed does: for a
// client that has read something and heard no event yet.
func (s *Service) MissedSince(ctx context.Context, who access.Person, at time.Time) ([]postgres.Change, bool, error) {
	return s.Missed(ctx, who, idAt(at.UnixMilli()))
}

// before gives the smallest identifier made that much earlier: a UUIDv7 begins
// with its time in milliseconds.
func before(id org.ID, gap time.Duration) org.ID {
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return idAt(ms - gap.Milliseconds())
}

// idAt gives the smallest identifier made at a moment in Unix milliseconds.
func idAt(ms int64) org.ID {
	ms = min(max(0, ms), 1<<48-1)
	var id org.ID
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	return id
}

// Named gives the changes as the person may be told of them: where the object
// is not theirs to read, only that something of its kind changed, so that their
// lists are read again, and not what.
func (s *Service) Named(ctx context.Context, who access.Person, changes []Change) ([]Change, error) {
	subjects := map[string][]org.ID{}
	for _, c := range changes {
		subjects[c.SubjectType] = append(subjects[c.SubjectType], c.SubjectID)
	}
	visible := map[org.ID]bool{}
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		if ids := subjects["document"]; len(ids) > 0 {
			list, err := tx.Documents(ctx, postgres.DocumentReachOf(who, org.ID{}), postgres.DocumentFilter{IDs: ids, Limit: len(ids)})
			if err != nil {
				return err
			}
			for _, d := range list {
				visible[d.ID] = true
			}
		}
		if ids := subjects["arrival"]; len(ids) > 0 {
			list, err := tx.Arrivals(ctx, postgres.ArrivalReachOf(who, org.ID{}), postgres.ArrivalFilter{IDs: ids, Limit: len(ids)})
			if err != nil {
				return err
			}
			for _, a := range list {
				visible[a.ID] = true
			}
		}
		return nil
	})
	clerks, _, mailboxes := who.SeeMailboxes()
	named := make([]Change, len(changes))
	for i, c := range changes {
		named[i] = c
		known := visible[c.SubjectID]
		switch c.SubjectType {
		case "mail_item":
			known = slices.Contains(who.ClerkAgencies(), c.AgencyID)
		case "mailbox":
			known = mailboxes == nil && slices.Contains(clerks, c.AgencyID)
		}
		if !known || err != nil {
			named[i].SubjectID = org.ID{}
		}
	}
	return named, err
}
