package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// begin starts a resumable upload and gives its address.
func (c *client) beginUpload(name string, size int) string {
	c.t.Helper()
	a := c.call("POST", "/api/uploads", nil, tus, header{"Upload-Length", fmt.Sprint(size)},
		header{"Upload-Metadata", "filename " + base64.StdEncoding.EncodeToString([]byte(name))}).need(c.t, 201)
	// A path, whatever scheme and host a proxy or the client names.
	path := a.Header.Get("Location")
	if !strings.HasPrefix(path, "/api/uploads/") {
		c.t.Fatalf("the upload goes to %q", path)
	}
	return path
}

func (c *client) continueUpload(path string, offset int, content []byte) answer {
	c.t.Helper()
	return c.call("PATCH", path, bytes.NewReader(content), tus, header{"Upload-Offset", fmt.Sprint(offset)},
		header{"Content-Type", "application/offset+octet-stream"})
}

// TestUploads_ResumeWhereTheyWere sends a file in pieces, as over a line that
// breaks: the client asks how much has come and goes on from there.
func TestUploads_ResumeWhereTheyWere(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c, other := i.as(t, o.Officer.AccountID), i.as(t, o.Clerk.AccountID)
	content := []byte(paper + strings.Repeat(" and more of it", 1000))
	path := c.beginUpload("Chỉ thị.pdf", len(content))
	for at := 0; at < len(content); {
		a := c.call("HEAD", path, nil, tus).need(t, 200)
		if got := a.Header.Get("Upload-Offset"); got != fmt.Sprint(at) {
			t.Fatalf("%s bytes have come, want %d", got, at)
		}
		next := min(at+6000, len(content))
		c.continueUpload(path, at, content[at:next]).need(t, 204)
		at = next
	}
	c.continueUpload(path, 0, content[:10]).refused(t, 409, "upload_offset")
	other.continueUpload(path, len(content), nil).refused(t, 404, "not_found")
	var whole struct {
		Name, SHA256, MediaType string
		Received                int
	}
	c.get(path).need(t, 200).into(t, &whole)
	sum := sha256.Sum256(content)
	if whole.Name != "Chỉ thị.pdf" || whole.SHA256 != hex.EncodeToString(sum[:]) || whole.Received != len(content) || whole.MediaType != "application/pdf" {
		t.Errorf("%+v", whole)
	}
	c.call("DELETE", path, nil, tus).need(t, 204)
	c.call("HEAD", path, nil, tus).need(t, 404)
}

// TestM1_ATokenThatMayNotReadActsOnNothing holds that an act is never refused
// after it was carried out.
func TestM1_ATokenThatMayNotReadActsOnNothing(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	draft := object{"kind": anyKind, "subject": "Thử"}
	i.token(t, o.Officer.AccountID, "draft").call("POST", "/api/documents", draft, header{"Idempotency-Key", "0123456789"}).refused(t, 403, "token_scope")
	var n int
	if err := i.Admin(t).QueryRow(t.Context(), `select count(*) from document`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d documents, %v", n, err)
	}
	i.token(t, o.Officer.AccountID, "draft", "read").call("POST", "/api/documents", draft, header{"Idempotency-Key", "0123456789"}).need(t, 201)
}
