package api_test

import (
	"bytes"
	"net/url"
	"os"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/org"
	"congvan/storage/storagetest"
)

// aPDF gives a document that readers take.
func aPDF(t testing.TB) []byte {
	t.Helper()
	content, err := os.ReadFile("../provider/text/testdata/linearized.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// stored is an upload as the contract shows it.
type stored struct {
	ID, Name, SHA256, MediaType string
	Size                        int64
}

// upload sends a whole file.
func (c *client) upload(name string, content []byte) stored {
	c.t.Helper()
	var s stored
	c.call("POST", "/api/files?name="+url.QueryEscape(name), bytes.NewReader(content)).need(c.t, 201).into(c.t, &s)
	return s
}

// mainFile is a draft's field for the document itself.
func mainFile(upload string) []object { return []object{{"role": "main", "uploadId": upload}} }

func toAgency(id org.ID) object { return object{"type": "agency", "agencyId": id.String()} }

// aDraft is what a drafter sends for a document with a file.
func aDraft(upload string, to ...object) object {
	return object{"kind": anyKind, "subject": "Về việc thử", "files": mainFile(upload), "recipients": append([]object{}, to...)}
}

// identified gives the identifier of what was answered.
func (a answer) identified(t testing.TB) string {
	t.Helper()
	var x struct{ ID string }
	a.into(t, &x)
	return x.ID
}

// approved takes a new document of the office as far as its approval, through the contract.
func (i *installation) approved(t testing.TB, o storagetest.Office, to ...object) (id, sha256 string) {
	t.Helper()
	officer, leader := i.as(t, o.Officer.AccountID), i.as(t, o.Leader.AccountID)
	// Each document has bytes of its own; what follows the end of a PDF is no part of it.
	file := officer.upload("văn bản.pdf", append(aPDF(t), "\n% "+uuid.NewString()...))
	id = officer.post("/api/documents", aDraft(file.ID, to...)).need(t, 201).identified(t)
	officer.post("/api/documents/"+id+"/submit", object{"approverPositionId": o.LeaderPosition.String()}).need(t, 200)
	leader.post("/api/documents/"+id+"/approve", object{"seenSha256": file.SHA256}).need(t, 200)
	return id, file.SHA256
}

// count counts rows of a table.
func (i *installation) count(t testing.TB, table string) int {
	t.Helper()
	var n int
	i.scan(t, &n, "select count(*) from "+table)
	return n
}
