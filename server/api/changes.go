package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/notice"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

const (
	// beat keeps proxies from ending a silent stream.
	beat = 20 * time.Second
	// watchEvery is after how long it is looked whether the person may still listen.
	watchEvery = 5 * time.Second
	// streamLife is after how long a stream ends in any case; the client
	// resumes where it was.
	streamLife = 10 * time.Minute
	// slow is how long one client may take for one write.
	slow = 10 * time.Second
)

// StreamChanges sends live changes until the client goes.
func (r workRoom) StreamChanges(ctx context.Context, q gen.StreamChangesRequestObject) (gen.StreamChangesResponseObject, error) {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return nil, fmt.Errorf("changes are streamed outside a request: %T", ctx)
	}
	who := personOf(ctx)
	// Watching begins before what was missed is read: nothing falls between.
	watcher, err := r.hub.Watch(who)
	if err != nil {
		return nil, err
	}
	s := &changeStream{request: c.Request, watcher: watcher, watchEvery: watchEvery,
		named: func(ctx context.Context, changes []notice.Change) ([]notice.Change, error) {
			return r.notices.Named(ctx, who, changes)
		},
		admitted: func(ctx context.Context) bool {
			now, err := r.accounts.Still(ctx, credentialOf(c.Request))
			return err == nil && reflect.DeepEqual(now.Person, who)
		}}
	if err := s.catchUp(ctx, r.notices, who, q.Params); err != nil {
		watcher.Close()
		return nil, err
	}
	return s, nil
}

// changeStream is one open stream.
type changeStream struct {
	request *http.Request
	watcher *notice.Watcher
	missed  []notice.Change
	reset   bool

	watchEvery time.Duration
	// named leaves out of changes what the person may not be told.
	named func(context.Context, []notice.Change) ([]notice.Change, error)
	// admitted tells whether the person is who they were when the stream
	// began: signed in, with the same positions.
	admitted func(context.Context) bool
}

func (s *changeStream) catchUp(ctx context.Context, notices *notice.Service, who access.Person, from gen.StreamChangesParams) (err error) {
	last := present(from.LastEventID)
	switch {
	case last == "" && from.Since == nil:
		return nil
	case last == "":
		s.missed, s.reset, err = notices.MissedSince(ctx, who, *from.Since)
		return err
	}
	id, err := org.ParseID(last)
	if err != nil {
		s.reset = true
		return nil //nolint:nilerr // who names no place begins anew
	}
	s.missed, s.reset, err = notices.Missed(ctx, who, id)
	return err
}

// VisitStreamChangesResponse writes the stream.
func (s *changeStream) VisitStreamChangesResponse(w http.ResponseWriter) error {
	defer s.watcher.Close()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := &eventWriter{w: w, control: http.NewResponseController(w)}
	out.comment("open")
	if s.reset {
		out.event("", "reset", "{}")
	}
	s.tell(out, s.missed)
	s.pump(out)
	return nil
}

// pump sends until the client is gone, the stream is old enough to look at the
// person's rights again, or a write fails.
func (s *changeStream) pump(out *eventWriter) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	watch := time.NewTicker(s.watchEvery)
	defer watch.Stop()
	end := time.NewTimer(streamLife)
	defer end.Stop()
	for out.flush() {
		select {
		case <-s.request.Context().Done():
			return
		case <-s.watcher.Ended():
			return
		case <-end.C:
			return
		case <-watch.C:
			if !s.admitted(s.request.Context()) {
				return
			}
		case <-tick.C:
			out.comment("beat")
		case <-s.watcher.Reset():
			out.event("", "reset", "{}")
		case c := <-s.watcher.Changes():
			s.tell(out, s.waiting(c))
		}
	}
}

// most is how many changes are looked up at once.
const most = 100

// waiting gives a change with those that came right after it.
func (s *changeStream) waiting(first notice.Change) []notice.Change {
	changes := []notice.Change{first}
	for len(changes) < most {
		select {
		case c := <-s.watcher.Changes():
			changes = append(changes, c)
		default:
			return changes
		}
	}
	return changes
}

// tell sends changes. When it cannot be found out what the person may read, no
// object is named; that something changed is true all the same.
func (s *changeStream) tell(out *eventWriter, changes []notice.Change) {
	if len(changes) == 0 {
		return
	}
	named, err := s.named(s.request.Context(), changes)
	if err != nil && s.request.Context().Err() != nil {
		return
	}
	for _, c := range named {
		out.change(c)
	}
}

// eventWriter writes server-sent events; after the first failure it writes nothing.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	failed  bool
}

func (e *eventWriter) write(text string) {
	if e.failed {
		return
	}
	// Where there is no connection with deadlines (a test without a network) there is nothing to extend.
	_ = e.control.SetWriteDeadline(time.Now().Add(slow))
	if _, err := e.w.Write([]byte(text)); err != nil {
		e.failed = true
	}
}

func (e *eventWriter) comment(text string) { e.write(": " + text + "\n\n") }

func (e *eventWriter) event(id, name, data string) {
	if id != "" {
		id = "id: " + id + "\n"
	}
	e.write(id + "event: " + name + "\ndata: " + data + "\n\n")
}

func (e *eventWriter) change(c notice.Change) {
	if !gen.ChangeSubjectType(c.SubjectType).Valid() {
		return // acts of administration are in the history, and on no live screen
	}
	data, err := json.Marshal(gen.Change{AgencyId: uuid.UUID(c.AgencyID), SubjectType: gen.ChangeSubjectType(c.SubjectType), SubjectId: optionalID(c.SubjectID)})
	if err != nil {
		e.failed = true
		return
	}
	id := ""
	if !c.EventID.IsZero() { // news that is no part of a history, from which nothing can be resumed
		id = c.EventID.String()
	}
	e.event(id, "change", string(data))
}

func (e *eventWriter) flush() bool {
	if !e.failed && e.control.Flush() != nil {
		e.failed = true
	}
	return !e.failed
}
