package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// paper is the content of every file of the walk.
const paper = "%PDF-1.7 a document of the test"

var (
	paperSum  = sha256.Sum256([]byte(paper))
	paperHash = hex.EncodeToString(paperSum[:])
	anyKind   = document.Kinds()[0].Code
)

// people are those of the agency who handle documents.
func (a *agency) people() []access.Person {
	return []access.Person{a.Clerk, a.Leader, a.Head, a.Officer}
}

// aDocument makes a document in a state. Its author is the agency's officer.
func aDocument(state document.State) func(testing.TB, *world, *agency, org.ID) string {
	return func(t testing.TB, w *world, in *agency, _ org.ID) string {
		t.Helper()
		return w.document(t, in, state, in.Officer)
	}
}

// anOwn makes a document whose author is the person, where they can be one.
func anOwn(state document.State) func(testing.TB, *world, *agency, org.ID) string {
	return func(t testing.TB, w *world, in *agency, by org.ID) string {
		t.Helper()
		author := in.Officer
		for _, p := range in.people() {
			if p.AccountID == by {
				author = p
			}
		}
		return w.document(t, in, state, author)
	}
}

func (w *world) document(t testing.TB, in *agency, state document.State, author access.Person) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into document (agency_id, id, state, kind, subject, unit_id, author_position_id, author_account_id, approver_position_id,
	                                 submitted_at, approved_at, approved_sha256, signer_name, signer_title, created_at, updated_at)
	           values ($1, $2, 'draft', $3, 'Về việc thử', $4, $5, $6, $7, now(), now(), $8, 'Người ký', 'Chủ tịch', now(), now())`,
		in.ID, id, anyKind, in.Unit, author.Positions[0].ID, author.AccountID, in.LeaderPosition, paperSum[:])
	w.exec(t, `insert into document_file (agency_id, document_id, id, role, version, ordinal, name, sha256, size, media_type, added_by, added_at)
	           values ($1, $2, gen_random_uuid(), 'main', 1, 0, 'văn bản.pdf', $3, $4, 'application/pdf', $5, now())`,
		in.ID, id, paperSum[:], len(paper), author.AccountID)
	w.exec(t, `insert into recipient (agency_id, document_id, id, ordinal, type, role, name)
	           values ($1, $2, gen_random_uuid(), 0, 'name', 'main', 'Hộ dân')`, in.ID, id)
	if state == document.Issued {
		w.exec(t, `update document set number = 7, numbered_at = now(), issued_at = now() where id = $1`, id)
	}
	w.exec(t, `update document set state = $2 where id = $1`, id, string(state))
	return id
}

// anIssued makes an issued document with number and symbol.
func anIssued(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := w.document(t, in, document.Issued, in.Officer)
	w.exec(t, `update document set symbol = 'CT-UBND' where id = $1`, id)
	return id
}

// aCopy makes a certified copy.
func aCopy(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := w.document(t, in, document.Issued, in.Officer)
	w.exec(t, `update document set kind = 'true_copy', symbol = 'SY-UBND' where id = $1`, id)
	return id
}

// aDeadLetter makes a delivery that failed for good, of an issued document.
func aDeadLetter(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	document, delivery := w.document(t, in, document.Issued, in.Officer), uuid.NewString()
	w.exec(t, `insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, name, state, state_at)
	           values ($1, $2, $3, 1, 'agency', 'main', 'mailbox', 'Bảo hiểm xã hội', 'failed', now())`, in.ID, document, delivery)
	w.exec(t, `insert into delivery_count (agency_id, document_id, total, refused) values ($1, $2, 1, 1)`, in.ID, document)
	return document + " " + delivery
}

// inReview makes a submitted document that the agency's officer is asked to review.
func inReview(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := w.document(t, in, document.Submitted, in.Officer)
	seat := []org.ID{in.Officer.Positions[0].ID}
	w.exec(t, `update document set stage = 'review', asked = $2, awaited = $2 where id = $1`, id, seat)
	w.exec(t, `insert into circuit (agency_id, document_id, round, current_step) values ($1, $2, 1, 0)`, in.ID, id)
	w.exec(t, `insert into circuit_step (agency_id, document_id, ordinal, kind, people, quorum)
	           values ($1, $2, 0, 'review', $3, 1), ($1, $2, 1, 'approve', $4, 1)`, in.ID, id, seat, []org.ID{in.LeaderPosition})
	return id
}

// aBareAgency gives the agency with no default circuit in it.
func aBareAgency(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	w.exec(t, `delete from circuit_default_step where agency_id = $1`, in.ID)
	w.exec(t, `delete from circuit_default where agency_id = $1 and kind = ''`, in.ID)
	return in.ID.String()
}

// aDefaultCircuit makes a default circuit of a kind that no other test has.
func aDefaultCircuit(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into circuit_default (agency_id, id, kind) values ($1, $2, $3)`, in.ID, id, id)
	return id
}

func onDocument(method, act string, body any) func(thing) call {
	return func(x thing) call { return call{method: method, path: "/api/documents/" + x.id + act, body: body} }
}

var (
	drafters = []kind{clerk, leader, head, officer}
	// Who sees a document on its way but may not do this to it.
	onlookers = func(but ...kind) map[kind]int {
		seen := map[kind]int{clerk: 403, leader: 403, head: 403, officer: 403}
		for _, k := range but {
			delete(seen, k)
		}
		return seen
	}
)

var documentRows = map[string]row{
	"listDocuments": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/documents?agencyId=" + x.id} }},
	"draftDocument": {success: 201, allowed: drafters, denied: 403, owner: officer, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/documents", body: object{"agencyId": x.id, "kind": anyKind}}
		}},
	"readDocument": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "", nil)},
	"editDocument": {success: 200, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Draft),
		request: onDocument("PATCH", "", object{"note": "x"})},
	"discardDocument": {success: 200, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Draft),
		request: onDocument("POST", "/discard", nil)},
	"submitDocument": {success: 200, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Draft),
		request: onDocument("POST", "/submit", object{})},
	"withdrawDocument": {success: 200, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Submitted),
		request: onDocument("POST", "/withdraw", nil)},
	"approveDocument": {success: 200, allowed: []kind{leader}, denied: 404, instead: onlookers(leader), owner: leader, object: aDocument(document.Submitted),
		request: onDocument("POST", "/approve", object{"seenSha256": paperHash})},
	"sendBackDocument": {success: 200, allowed: []kind{leader}, denied: 404, instead: onlookers(leader), owner: leader, object: aDocument(document.Submitted),
		request: onDocument("POST", "/send-back", object{"seenSha256": paperHash, "reason": "Viết lại"})},
	"readCircuit": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "/circuit", nil)},
	"listComments": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "/comments", nil)},
	"addComment": {success: 200, allowed: []kind{clerk, leader, head, officer}, denied: 404, owner: officer, object: aDocument(document.Submitted),
		request: onDocument("POST", "/comments", object{"seenSha256": paperHash, "text": "Đề nghị sửa căn cứ"})},
	"listCircuits": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/circuits?agencyId=" + x.id} }},
	"saveCircuit": {success: 204, allowed: []kind{clerk, admin}, denied: 403, instead: map[kind]int{ended: 404, operator: 404}, owner: clerk, object: aBareAgency,
		request: func(x thing) call {
			return call{method: "PUT", path: "/api/circuits", body: object{"agencyId": x.id, "kind": "", "version": 1,
				"steps": []object{{"kind": "approve", "place": "approver", "positionIds": []string{}, "quorum": 1, "days": 0}}}}
		}},
	"removeCircuit": {success: 204, allowed: []kind{clerk, admin}, denied: 403, instead: map[kind]int{ended: 404, operator: 404}, owner: clerk, object: aDefaultCircuit,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/circuits/" + x.id} }},
	"planCircuit": {success: 200, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Draft),
		request: func(x thing) call {
			return onDocument("PUT", "/circuit", object{"steps": []object{{"kind": "approve", "positionIds": []string{x.of.LeaderPosition.String()}}}})(x)
		}},
	"answerDocument": {success: 200, allowed: []kind{officer}, denied: 404, instead: map[kind]int{clerk: 403, head: 403, leader: 409}, owner: officer, object: inReview,
		request: onDocument("POST", "/answer", object{"act": "review", "seenSha256": paperHash})},
	"reassignStep": {success: 200, allowed: []kind{officer, clerk}, denied: 404, instead: onlookers(officer, clerk), owner: officer, object: inReview,
		request: func(x thing) call {
			return onDocument("POST", "/reassign", object{"step": 0, "fromPositionId": x.of.Officer.Positions[0].ID.String(),
				"toPositionId": x.of.Head.Positions[0].ID.String()})(x)
		}},
	"reopenDocument": {success: 200, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Approved),
		request: onDocument("POST", "/reopen", object{"reason": "Có tệp mới"})},
	"markDocumentOpened": {success: 204, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("POST", "/opened", nil)},
	"previewNumber": {success: 200, allowed: drafters, denied: 404, owner: clerk, object: aDocument(document.Approved),
		request: onDocument("GET", "/numbering", nil)},
	"numberDocument": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aDocument(document.Approved),
		request: onDocument("POST", "/number", object{})},
	"issueDocument": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aDocument(document.Approved),
		request: onDocument("POST", "/issue", object{"seenSha256": paperHash})},
	"copyDocument": {success: 201, allowed: drafters, denied: 404, owner: officer, object: anIssued,
		request: onDocument("POST", "/copies", object{"kind": "true_copy"})},
	"copyArrival": {success: 201, allowed: drafters, denied: 404, owner: officer, object: aRegistered,
		request: onArrival("POST", "/copies", object{"kind": "true_copy"})},
	"printCopy": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aCopy,
		request: onDocument("GET", "/copy-sheet", nil)},
	"listDeliveries": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "/deliveries", nil)},
	"requeueDelivery": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aDeadLetter,
		request: func(x thing) call {
			document, delivery, _ := strings.Cut(x.id, " ")
			return call{method: "POST", path: "/api/documents/" + document + "/deliveries/" + delivery + "/requeue"}
		}},
	"confirmDelivery": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aDeadLetter,
		request: func(x thing) call {
			document, delivery, _ := strings.Cut(x.id, " ")
			return call{method: "POST", path: "/api/documents/" + document + "/deliveries/" + delivery + "/confirm", body: object{"state": "registered", "arrivalNumber": 12}}
		}},
	"listDocumentEvents": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "/events", nil)},
	"readDocumentFile": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "/files/"+paperHash, nil)},
}

// anArrival makes an arrival that waits for the clerk and has been shown to the unit.
func anArrival(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into arrival (agency_id, id, source, state, kind, issuer_name, number, symbol, document_date, subject, main_sha256, arrived_at)
	           values ($1, $2, 'paper', 'awaiting', $3, 'Sở Nội vụ', '12', 'QĐ-SNV', current_date - 1, 'Về việc thử', $4, now())`, in.ID, id, anyKind, paperSum[:])
	w.exec(t, `insert into arrival_file (agency_id, arrival_id, ordinal, role, name, sha256, size, media_type)
	           values ($1, $2, 0, 'main', 'văn bản.pdf', $3, $4, 'application/pdf')`, in.ID, id, paperSum[:], len(paper))
	for _, unit := range []*org.ID{nil, &in.Unit} {
		w.exec(t, `insert into line (agency_id, id, arrival_id, unit_id, role, state, created_at)
		           values ($1, gen_random_uuid(), $2, $3, 'inform', 'awaiting', now())`, in.ID, id, unit)
	}
	return id
}

// aRegistered makes an arrival that the clerk has registered.
func aRegistered(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := anArrival(t, w, in, by)
	w.exec(t, `update arrival set state = 'registered', registered_at = now(), registered_by = 'Văn thư' where id = $1`, id)
	return id
}

func onArrival(method, act string, body any) func(thing) call {
	return func(x thing) call { return call{method: method, path: "/api/arrivals/" + x.id + act, body: body} }
}

var arrivalRows = map[string]row{
	"listArrivals": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/arrivals?agencyId=" + x.id} }},
	"readArrival":          {success: 200, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("GET", "", nil)},
	"markArrivalRead":      {success: 204, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("POST", "/read", nil)},
	"previewArrivalNumber": {success: 200, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("GET", "/numbering", nil)},
	"listArrivalEvents":    {success: 200, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("GET", "/events", nil)},
	"readArrivalFile":      {success: 200, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("GET", "/files/"+paperHash, nil)},
	"registerArrival": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: anArrival,
		request: onArrival("POST", "/register", object{"seenSha256": paperHash})},
	"refuseArrival": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: anArrival,
		request: onArrival("POST", "/refuse", object{"reason": "wrong_addressee"})},
}

func aRegister(t testing.TB, _ *world, in *agency, _ org.ID) string {
	t.Helper()
	return in.OutgoingRegister.String()
}

var registerRows = tableOf(recallRows, numberRows, map[string]row{
	"listRegisters": {success: 200, allowed: all, filter: true, owner: clerk, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/registers?agencyId=" + x.id} }},
	"readRegisterBook": {success: 200, allowed: []kind{clerk, leader}, denied: 404, owner: clerk, object: aRegister,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/registers/" + x.id + "/book?book=outgoing&format=xlsx"}
		}},
	"listRegisterEntries": {success: 200, allowed: []kind{clerk, leader}, denied: 404, owner: clerk, object: aRegister,
		request: func(x thing) call { return call{method: "GET", path: "/api/registers/" + x.id + "/entries"} }},
})

func anUpload(t testing.TB, w *world, _ *agency, by org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into upload (id, account_id, size, name, created_at, expires_at) values ($1, $2, 10, 'x.pdf', now(), now() + interval '1 day')`, id, by)
	return id
}

var tus = header{"Tus-Resumable", "1.0.0"}

func onUpload(method string, more ...header) func(thing) call {
	return func(x thing) call {
		c := call{method: method, path: "/api/uploads/" + x.id, headers: append([]header{tus}, more...)}
		if method == "PATCH" {
			c.body = strings.NewReader("0123456789")
		}
		return c
	}
}

var uploadRows = map[string]row{
	"uploadFile": {success: 201, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/files?name=x.pdf", body: strings.NewReader(paper)}
	}},
	"tusCreate": {success: 201, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/uploads", headers: []header{tus, {"Upload-Length", "10"}, {"Upload-Metadata", "filename eC5wZGY="}}}
	}},
	"readUpload": {success: 200, personal: true, owner: clerk, object: anUpload, request: onUpload("GET")},
	"tusOffset":  {success: 200, personal: true, owner: clerk, object: anUpload, request: onUpload("HEAD")},
	"tusSend": {success: 204, personal: true, owner: clerk, object: anUpload,
		request: onUpload("PATCH", header{"Upload-Offset", "0"}, header{"Content-Type", "application/offset+octet-stream"})},
	"tusDelete": {success: 204, personal: true, owner: clerk, object: anUpload, request: onUpload("DELETE")},
}

var workRows = map[string]row{
	"readWork":      {success: 200, allowed: all, request: get("/api/work")},
	"streamChanges": {success: 200, allowed: all, request: func(thing) call { return call{method: "GET", path: "/api/changes", endless: true} }},
}
