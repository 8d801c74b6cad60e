package api_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// aSent makes an issued document that went to somebody on paper.
func aSent(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := w.document(t, in, document.Issued, in.Officer)
	w.exec(t, `insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, name, state, state_at)
	           values ($1, $2, gen_random_uuid(), 1, 'name', 'main', 'paper', 'Hộ dân', 'waiting', now())`, in.ID, id)
	return id
}

// aPair makes two issued documents: one that follows the other.
func aPair(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	return aSent(t, w, in, by) + " " + aSent(t, w, in, by)
}

// aRequest makes a registered arrival whose sender recalls it.
func aRequest(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	arrival, request := anArrival(t, w, in, by), uuid.NewString()
	w.exec(t, `update arrival set state = 'registered', registered_at = now() where id = $1`, arrival)
	w.exec(t, `insert into request_arrival (agency_id, id, arrival_id, kind, reason, by_reference, sender_name, origin_agency_id, origin_document_id,
	                                        origin_delivery_id, asked_at, answer)
	           values ($1, $2, $3, 'recall', 'Sai thẩm quyền', '06/QĐ-UBND', 'UBND tỉnh', $1, $2, $2, now(), 'pending')`, in.ID, request, arrival)
	return arrival + " " + request
}

var recallRows = map[string]row{
	"voidDocument": {success: 200, allowed: []kind{clerk, leader}, denied: 404, instead: onlookers(clerk, leader), owner: clerk, object: aSent,
		request: onDocument("POST", "/void", object{"reason": "Ban hành nhầm"})},
	"takeBackDocument": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aSent,
		request: onDocument("POST", "/take-back", object{"reason": "Gửi nhầm"})},
	"recallDocument": {success: 200, allowed: []kind{clerk, leader}, denied: 404, instead: onlookers(clerk, leader), owner: clerk, object: aSent,
		request: onDocument("POST", "/recall", object{"reason": "Sai thẩm quyền", "byReference": "06/QĐ-UBND"})},
	"followDocument": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aPair,
		request: func(x thing) call {
			older, newer, _ := strings.Cut(x.id, " ")
			if newer == "" {
				newer = older
			}
			return call{method: "POST", path: "/api/documents/" + older + "/successor", body: object{"kind": "replace", "byDocumentId": newer}}
		}},
	"listDocumentRequests": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aSent, request: onDocument("GET", "/requests", nil)},
	"listPendingRequests":  {success: 200, allowed: all, request: get("/api/requests")},
	"listArrivalRequests":  {success: 200, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("GET", "/requests", nil)},
	"answerRequest": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aRequest,
		request: func(x thing) call {
			arrival, request, _ := strings.Cut(x.id, " ")
			if request == "" {
				request = uuid.NewString()
			}
			return call{method: "POST", path: "/api/arrivals/" + arrival + "/requests/" + request + "/answer", body: object{"agree": true}}
		}},
}
