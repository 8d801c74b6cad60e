package api

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"congvan/server/app/outgoing"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
)

// A defect of ours in a batch is logged, and the signer is told no more than that
// there is one; what the signer can do something about is told as it is.
func TestM_ADefectInABatchIsLoggedAndStaysInside(t *testing.T) {
	t.Parallel()
	id := org.ID{7}
	inside := errors.New("the disk is full")
	for name, c := range map[string]struct {
		refused error
		told    *fault.Error
		logged  bool
	}{
		"no fault":         {inside, errDefect, true},
		"an internal one":  {fault.New(fault.Internal, "signing_failed", "Lỗi.", "Trouble.").Because(inside), errDefect, true},
		"one for a person": {signing.ErrPresence, signing.ErrPresence, false},
	} {
		var log bytes.Buffer
		r := signingRoom{log: slog.New(slog.NewTextHandler(&log, nil))}
		if f := r.refusedOne(t.Context(), outgoing.Ordered{DocumentID: id, Refused: c.refused}); f != c.told {
			t.Errorf("%s: told %v", name, f)
		}
		if said := log.String(); c.logged != (strings.Contains(said, inside.Error()) && strings.Contains(said, id.String())) || !c.logged && said != "" {
			t.Errorf("%s: logged %q", name, said)
		}
	}
}
