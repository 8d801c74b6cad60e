package outgoing_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/provider/text"
	"congvan/storage/storagetest"
)

// reader is a desk whose files lie in a store and read as their own bytes.
func reader(t *testing.T) (*desk, *outgoing.Writing) {
	t.Helper()
	d := newDesk(t)
	blobs := storagetest.Blobs(t, d.Database)
	d.out = outgoing.New(d.Store, blobs, func(context.Context, document.File) error { return nil }, time.Now)
	return d, outgoing.NewWriting(d.out, outgoing.Tools{Compare: text.Compare,
		Words: func(_ context.Context, file io.ReadSeeker, _ int64, _ string) (string, error) {
			b, err := io.ReadAll(file)
			return string(b), err
		}})
}

// told gives the codes of what is missing, a "!" before what blocks.
func told(r outgoing.Readiness) (list []string) {
	for _, m := range r.Document {
		list = append(list, mark(m.Blocks)+m.Code)
	}
	for _, x := range r.Recipients {
		for _, m := range x.Missing {
			list = append(list, x.Name+" "+string(x.Channel)+" "+mark(m.Blocks)+m.Code)
		}
	}
	return list
}

func mark(blocks bool) string {
	if blocks {
		return "!"
	}
	return ""
}

func (d *desk) write(t *testing.T, words string, to ...outgoing.RecipientInput) org.ID {
	t.Helper()
	return d.file(t, outgoing.Draft{Recipients: &to}, words)
}

func (d *desk) file(t *testing.T, in outgoing.Draft, words string) org.ID {
	t.Helper()
	up, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "van-ban.pdf", 0, strings.NewReader("%PDF-1.7\n"+words))
	need(t, err)
	kind, subj := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: up.ID}}
	in.Kind, in.Subject, in.Files = &kind, &subj, &files
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, in)
	need(t, err)
	return id
}

func TestD3_ForEveryRecipientTheRoadAndWhatIsMissingAreShown(t *testing.T) {
	t.Parallel()
	d, w := reader(t)
	here, axis, peer, mail, ended := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp"), d.Office(t, "H59.03", "Sở Y tế"),
		d.Office(t, "H59.04", "Sở Công Thương"), d.Office(t, "H59.05", "Sở Thông tin")
	id := d.write(t, "Nơi nhận:\n- Sở Nội vụ;\n- Bộ Nội vụ;\n- Lưu: VT.", agency(here), agency(axis), agency(peer), agency(mail), agency(ended),
		outgoing.RecipientInput{Type: document.ToPerson, PositionID: seatOf(d.sender.Head)}, outgoing.RecipientInput{Type: document.ToName, Name: "Ông Nguyễn Văn A"})
	for channel, o := range map[string]storagetest.Office{"axis": axis, "peer": peer, "mailbox": mail} {
		d.exec(t, `update agency set channel = $2 where id = $1`, o.ID, channel)
	}
	d.exec(t, `update agency set valid_until = current_date - 5, successor_id = $2 where id = $1`, ended.ID, here.ID)
	_, err := w.Readiness(t.Context(), d.sender.Clerk, id)
	wantCode(t, err, "not_found") // a draft is its author's
	got, err := w.Readiness(t.Context(), d.sender.Officer, id)
	need(t, err)
	want := []string{"unsigned", "no_certificate", "Sở Tư pháp axis !no_connection", "Sở Y tế peer !no_connection", "Sở Công Thương mailbox !no_address",
		"Sở Công Thương mailbox !no_outbox", "Sở Công Thương mailbox no_force", "Sở Thông tin local !retired_agency", "Ông Nguyễn Văn A paper on_paper"}
	if list := told(got); fmt.Sprint(list) != fmt.Sprint(want) {
		t.Errorf("%q", list)
	}
	if a := got.Addressing; !a.Found || fmt.Sprint(a.Unlisted) != "[Bộ Nội vụ]" || len(a.Unnamed) != 6 {
		t.Errorf("%+v", a)
	}
}

func TestD3_AThousandRecipientsAreLookedAtAtOnce(t *testing.T) {
	t.Parallel()
	d, w := reader(t)
	id := d.write(t, "Nơi nhận:\n- Các xã, phường;\n- Lưu: VT.")
	d.exec(t, `insert into agency (id, code, name, level, valid_from) select gen_random_uuid(), 'X' || n, 'UBND xã ' || n, 'commune', '2000-01-01' from generate_series(1, 1000) n`)
	d.exec(t, `insert into recipient (agency_id, document_id, id, ordinal, type, role, target_agency_id, name)
		select $1, $2, gen_random_uuid(), row_number() over (order by code), 'agency', 'main', id, name from agency where code like 'X%'`, d.sender.ID, id)
	got, err := w.Readiness(t.Context(), d.sender.Officer, id)
	need(t, err)
	if len(got.Recipients) != 1000 || len(got.Addressing.Unnamed) != 0 || got.Addressing.Named[0].Matches != 1000 {
		t.Errorf("%d recipients, %+v", len(got.Recipients), got.Addressing.Named)
	}
}

func TestA3_TheDifferenceBetweenTwoVersionsIsShown(t *testing.T) {
	t.Parallel()
	d, w := reader(t)
	id := d.write(t, "Giao Sở Nội vụ chủ trì.")
	before, err := d.out.Read(t.Context(), d.sender.Officer, id)
	need(t, err)
	up, err := d.out.UploadWhole(t.Context(), d.sender.Officer, "moi.pdf", 0, strings.NewReader("%PDF-1.7\nGiao Sở Tài chính chủ trì."))
	need(t, err)
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: up.ID}}
	need(t, d.out.Edit(t.Context(), d.sender.Officer, org.ID{}, id, before.Version, outgoing.Draft{Files: &files}))
	after, err := d.out.Read(t.Context(), d.sender.Officer, id)
	need(t, err)
	diff, err := w.Difference(t.Context(), d.sender.Officer, id, before.Files[0].Hash, after.Files[0].Hash)
	need(t, err)
	if diff.From.Name != "van-ban.pdf" || diff.To.Name != "moi.pdf" || len(diff.Pieces) != 4 {
		t.Errorf("%+v", diff)
	}
	_, foreign := d.Upload(t, d.sender.Officer.AccountID, "khac.pdf")
	_, err = w.Difference(t.Context(), d.sender.Officer, id, before.Files[0].Hash, foreign)
	wantCode(t, err, "not_found") // a hash is no permission
}
