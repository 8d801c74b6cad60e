package incoming_test

import (
	"testing"

	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// What is joined is held in memory: many large pictures are refused before any
// of them is opened.
func TestG5_ABatchOfScansIsBoundedByItsBytes(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	paper := incoming.NewPaper(o.in, incoming.PaperTools{})
	id := o.registered(t, "Đơn đề nghị")
	var uploads []org.ID
	for n := range 5 {
		upload, hash := postgres.NewID(), make([]byte, 32)
		hash[0] = byte(n + 1)
		_, err := o.Admin(t).Exec(t.Context(), `insert into blob (sha256, object_key, size, media_type, created_at) values ($1, gen_random_uuid(), $2, 'image/jpeg', now())`, hash, 64<<20)
		must(t, err)
		_, err = o.Admin(t).Exec(t.Context(), `insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256)
			values ($1::text::uuid, $2::text::uuid, $3, $3, 'trang.jpg', now(), now() + interval '99 years', $4)`, upload.String(), o.Clerk.AccountID.String(), 64<<20, hash)
		must(t, err)
		uploads = append(uploads, upload)
	}
	wantCode(t, paper.Scan(t.Context(), o.Clerk, access.Command{}, id, uploads), "scans_too_large")
}
