package api_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// The calls of the axis are no operations of the contract: they have a door of
// their own, in front of the gate, and nobody who is signed in has more rights
// there than a stranger. Who may do what behind it is tried with whole servers
// (server/federationsystem_test.go): systems with secrets, and what of whom each
// reads.

// aPeer makes a connection of the installation.
func aPeer(t testing.TB, w *world, _ *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into peer (id, kind, name, system, most_bytes, per_minute, created_at) values ($1, 'system', 'Hệ thống', $2, 1000000, 60, now())`, id, "h"+id)
	return id
}

// elsewhere makes an agency at the other end of a connection: "peer agency".
func elsewhere(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	peer, id := aPeer(t, w, in, by), uuid.NewString()
	w.exec(t, `insert into agency (id, code, name, level, channel, valid_from) values ($1, $2, 'Cơ quan', 'other', 'peer', '2000-01-01')`,
		id, strings.ToUpper(strings.ReplaceAll(id, "-", "")))
	w.exec(t, `insert into peer_agency (agency_id, peer_id) values ($1, $2)`, id, peer)
	return peer + " " + id
}

// aReceipt makes an issued document with a receipt: "document delivery".
func aReceipt(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	document, delivery := aDocument(document.Issued)(t, w, in, by), uuid.NewString()
	w.exec(t, `insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, name, state, state_at)
	           values ($1, $2, $3, 9, 'name', 'main', 'peer', 'X', 'arrived', now())`, in.ID, document, delivery)
	w.exec(t, `insert into delivery_receipt (agency_id, document_id, delivery_id, text, key, signature, at) values ($1, $2, $3, 'x', '\x01', '\x02', now())`, in.ID, document, delivery)
	return document + " " + delivery
}

func ofPeer(method, path string, body any) func(thing) call {
	return func(x thing) call {
		peer, agency, both := strings.Cut(x.id, " ")
		if !both { // a missing one
			agency = peer
		}
		return call{method: method, path: strings.ReplaceAll("/api/administration/peers/"+peer+path, "AGENCY", agency), body: body}
	}
}

var operators = []kind{operator}

var peerRows = map[string]row{
	"listPeers": {success: 200, allowed: operators, denied: 403, request: get("/api/administration/peers")},
	"addPeer": {success: 201, allowed: operators, denied: 403, request: func(thing) call {
		return call{method: "POST", path: "/api/administration/peers", body: object{"kind": "system", "name": "Hệ thống", "system": uuid.NewString()}}
	}},
	"editPeer":         {success: 200, allowed: operators, denied: 403, owner: operator, object: aPeer, request: ofPeer("PATCH", "", object{"enabled": false})},
	"requeuePeer":      {success: 200, allowed: operators, denied: 403, owner: operator, object: aPeer, request: ofPeer("POST", "/requeue", nil)},
	"renewPeerSecret":  {success: 200, allowed: operators, denied: 403, owner: operator, object: aPeer, request: ofPeer("POST", "/secret", nil)},
	"listPeerAgencies": {success: 200, allowed: operators, denied: 403, owner: operator, object: aPeer, request: ofPeer("GET", "/agencies", nil)},
	"putPeerAgency":    {success: 204, allowed: operators, denied: 403, owner: operator, object: elsewhere, request: ofPeer("PUT", "/agencies/AGENCY", nil)},
	"removePeerAgency": {success: 204, allowed: operators, denied: 403, owner: operator, object: elsewhere, request: ofPeer("DELETE", "/agencies/AGENCY", nil)},
	"listExchangeKeys": {success: 200, allowed: operators, denied: 403, request: get("/api/administration/exchange-keys")},
	"addExchangeKey": {success: 201, allowed: operators, denied: 403, request: func(thing) call {
		return call{method: "POST", path: "/api/administration/exchange-keys"}
	}},
	"readDeliveryReceipt": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aReceipt,
		request: func(x thing) call {
			document, delivery, both := strings.Cut(x.id, " ")
			if !both { // a missing one
				delivery = document
			}
			return call{method: "GET", path: "/api/documents/" + document + "/deliveries/" + delivery + "/receipt"}
		}},
}
