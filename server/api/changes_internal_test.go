package api

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"congvan/server/app/notice"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

// A stream does not outlive the session that opened it.
func TestM6_AStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		watcher, err := notice.NewHub(nil).Watch(access.Person{})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		revoked := begun.Add(time.Minute)
		answer := httptest.NewRecorder()
		s := &changeStream{request: httptest.NewRequestWithContext(t.Context(), "GET", "/api/changes", nil), watcher: watcher, watchEvery: watchEvery,
			missed: []notice.Change{{AgencyID: org.ID{1}, SubjectType: "document", SubjectID: org.ID{2}}},
			named: func(_ context.Context, changes []notice.Change) ([]notice.Change, error) {
				changes[0].SubjectID = org.ID{}
				return changes, nil
			},
			admitted: func(context.Context) bool { return time.Now().Before(revoked) }}
		if err := s.VisitStreamChangesResponse(answer); err != nil {
			t.Fatal(err)
		}
		if lasted := time.Since(begun); lasted < time.Minute || lasted > time.Minute+watchEvery {
			t.Errorf("the stream went on for %v", lasted)
		}
		said := answer.Body.String()
		if strings.Count(said, "event: change") != 1 || strings.Contains(said, "subjectId") || strings.Count(said, ": beat") != 2 && strings.Count(said, ": beat") != 3 {
			t.Errorf("it said %s", said)
		}
	})
}
