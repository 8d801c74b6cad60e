package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// command makes the request repeatable: request is the generated request
// object, which holds all that was asked. position is the Congvan-Position
// header, nil where the operation has none.
func command(ctx context.Context, key string, position *uuid.UUID, request any) (access.Command, error) {
	whole, err := json.Marshal(request)
	if err != nil {
		return access.Command{}, fmt.Errorf("encode the command: %w", err)
	}
	c := access.Command{AccountID: personOf(ctx).AccountID, Key: key, Operation: operationID(ctx), Request: sha256.Sum256(whole)}
	if position != nil {
		c.Position = org.ID(*position)
	}
	return c, nil
}

// etag writes a version as a header.
func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// ifMatch reads the version that an edit was made on.
func ifMatch(header string) (int, error) {
	text, quoted := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(header), "W/"), `"`)
	text, closed := strings.CutSuffix(text, `"`)
	version, err := strconv.Atoi(text)
	if err != nil || version < 1 || !quoted || !closed {
		return 0, errInvalid.With(fault.Field{Name: "If-Match", Code: "format",
			Text: fault.Text{VI: "Không phải phiên bản của đối tượng.", EN: "Not a version of the object."}})
	}
	return version, nil
}
