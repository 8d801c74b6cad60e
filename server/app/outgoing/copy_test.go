package outgoing_test

import (
	"strings"
	"testing"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

func (d *desk) copy(t *testing.T, in outgoing.Copying) outgoing.View {
	t.Helper()
	id, err := d.out.Copy(t.Context(), d.sender.Officer, access.Command{}, in)
	need(t, err)
	v, err := d.out.Read(t.Context(), d.sender.Officer, id)
	need(t, err)
	return v
}

// NĐ 30/2020, điều 25: what is copied, and in which form.
func TestC4_ACertifiedCopyIsMadeOfAnIssuedDocument(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	received := d.Office(t, "H59.01", "Sở Nội vụ")
	draft, _ := d.draft(t, agency(received))
	_, err := d.out.Copy(t.Context(), d.sender.Officer, access.Command{}, outgoing.Copying{DocumentID: draft, Form: document.TrueCopy})
	wantCode(t, err, "not_issued")

	source := d.issued(t, agency(received))
	of, err := d.out.Read(t.Context(), d.sender.Officer, source)
	need(t, err)
	v := d.copy(t, outgoing.Copying{DocumentID: source, Form: document.TrueCopy})
	if v.Kind != document.TrueCopy || !strings.HasPrefix(v.Subject, "Chỉ thị số "+of.Reference()+" ngày ") {
		t.Errorf("%s %q", v.Kind, v.Subject)
	}
	main, _ := of.Main()
	if copied, ok := v.Main(); !ok || copied.Hash != main.Hash || copied.Version != 1 {
		t.Errorf("the copy has other bytes: %+v", v.Files)
	}
	if v.CopyOf == nil || v.CopyOf.DocumentID != source || v.CopyOf.Reference != of.Reference() || v.CopyOf.Hash != main.Hash {
		t.Errorf("the copy does not name its original: %+v", v.CopyOf)
	}
	events, err := d.out.Events(t.Context(), d.sender.Officer, source, org.ID{}, 10)
	need(t, err)
	if events[len(events)-1].Verb != "copied" || events[len(events)-1].Data["form"] != document.TrueCopy {
		t.Errorf("the original does not tell of it: %+v", events[len(events)-1])
	}
	if v := d.copy(t, outgoing.Copying{DocumentID: source, Form: document.ExtractCopy}); len(v.Files) != 0 {
		t.Error("an extract begins with the whole text")
	}
	for form, code := range map[string]string{document.DuplicateCopy: "invalid_request", "directive": "invalid_request"} {
		_, err := d.out.Copy(t.Context(), d.sender.Officer, access.Command{}, outgoing.Copying{DocumentID: source, Form: form})
		wantCode(t, err, code)
	}
	_, err = d.out.Copy(t.Context(), received.Officer, access.Command{}, outgoing.Copying{DocumentID: source, Form: document.TrueCopy})
	wantCode(t, err, "not_found")

	w := outgoing.NewWriting(d.out, outgoing.Tools{})
	_, err = w.CopySheet(t.Context(), d.sender.Officer, source)
	wantCode(t, err, "no_copy")
}

func TestC4_AnArrivalIsCopiedWhenItIsRegistered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	received := d.Office(t, "H59.01", "Sở Nội vụ")
	d.issued(t, agency(received))
	arrival := d.arrived(t, received)
	_, err := d.out.Copy(t.Context(), received.Clerk, access.Command{}, outgoing.Copying{ArrivalID: arrival.ID, Form: document.TrueCopy})
	wantCode(t, err, "not_issued")
	d.register(t, received)
	id, err := d.out.Copy(t.Context(), received.Clerk, access.Command{}, outgoing.Copying{ArrivalID: arrival.ID, Form: document.TrueCopy})
	need(t, err)
	v, err := d.out.Read(t.Context(), received.Clerk, id)
	need(t, err)
	if v.CopyOf == nil || v.CopyOf.ArrivalID != arrival.ID || !v.CopyOf.Electronic || v.AgencyID != received.ID {
		t.Errorf("%+v", v.CopyOf)
	}
}
