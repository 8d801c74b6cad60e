package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/app/accounts"
	"congvan/server/app/outgoing"
	"congvan/server/app/verification"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/provider/presence"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/softkey"
)

// signingKeys read files as the real wiring does; nothing is reached outside.
func signingKeys() accounts.Keys {
	return accounts.Keys{Software: func(file []byte, password string) (signing.Certificate, []byte, error) {
		_, err := softkey.Open(file, password)
		return signing.Certificate{}, nil, err
	}}
}

var codes = accounts.Codes{New: presence.NewCode, Step: presence.Step}

// noPasskeys refuses whatever other rows have stored.
var noPasskeys = accounts.Passkeys{Ask: func(accounts.PasskeyHolder) ([]byte, []byte, error) {
	return nil, nil, fault.New(fault.Conflict, "no_passkey", "Không có.", "None.")
}}

func signingOf() outgoing.Signing {
	return outgoing.Signing{MaxFile: 1 << 20, Fill: signature.FillNumbering,
		Propose: func(context.Context, []byte, signing.Wanted) (signing.Proposal, error) {
			return signing.Proposal{Fixed: true}, nil // the papers of these rows are no PDFs
		}}
}

func judge(_ context.Context, file []byte) (verification.Report, error) {
	r, err := signature.Verify(file, signature.Options{})
	return verification.Report{Revisions: r.Revisions, Signatures: []verification.Signature{}}, err
}

func aCertificate(t testing.TB, w *world, _ *agency, by org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into certificate (id, account_id, provider, fingerprint, subject, issuer, serial, valid_from, valid_until, chain, added_at)
	           values ($1, $2, 'local', sha256(gen_random_uuid()::text::bytea), 'Người ký', 'CA', '1', now(), now() + interval '1 year', '{\x00}', now())`, id, by)
	return id
}

func aPasskey(t testing.TB, w *world, _ *agency, by org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into passkey (id, account_id, handle, record, name, added_at) values ($1, $2, gen_random_uuid()::text::bytea, '{}', 'Khóa', now())`, id, by)
	return id
}

func aSeal(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into seal (agency_id, id, provider, fingerprint, subject, issuer, serial, valid_from, valid_until, chain, sealed, added_at)
	           values ($2, $1, 'software', sha256(gen_random_uuid()::text::bytea), 'Cơ quan', 'CA', '1', now() - interval '2 days', now() - interval '1 day', '{\x00}', '\x00', now())`, id, in.ID)
	return id
}

// anOrder makes an order to sign of the person.
func anOrder(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into signing_order (agency_id, id, document_id, batch_id, account_id, position_id, signer_name, signer_title, certificate_id, provider, place,
	                                      base_sha256, file_sha256, signer_fingerprint, ticket_sha256, state, created_at, expires_at)
	           values ($1, $2, $3, $2, $4, $5, 'Người ký', '', $2, 'local', 'congvan-signature-1', $6, $6, $6, $6, 'waiting', now(), now() + interval '1 hour')`,
		in.ID, id, w.document(t, in, document.Approved, in.Officer), by, in.LeaderPosition, paperSum[:])
	return id
}

func anyone(method, path string, body any) func(thing) call {
	return func(thing) call { return call{method: method, path: path, body: body} }
}

var (
	noTicket = header{"Congvan-Ticket", strings.Repeat("0", 64)}
	again    = object{"current": "không phải mật khẩu"}
)

// Where a proof is needed it is a wrong one: signing itself is tried with the use cases.
var signingRows = map[string]row{
	"listCertificates": {success: 200, allowed: all, request: get("/api/me/certificates")},
	"addCertificate":   {success: 422, allowed: all, request: anyone("POST", "/api/me/certificates", object{"provider": "software", "file": "AAAA", "password": "x"})},
	"removeCertificate": {success: 204, personal: true, owner: clerk, object: aCertificate,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/me/certificates/" + x.id} }},
	"readPresenceMeans": {success: 200, allowed: all, request: get("/api/me/presence")},
	"askPasskey":        {success: 422, allowed: all, request: anyone("POST", "/api/me/passkeys/question", again)},
	"addPasskey": {success: 409, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/me/passkeys", body: object{"questionId": uuid.NewString(), "name": "Khóa", "credential": object{}}}
	}},
	"removePasskey": {success: 204, personal: true, owner: clerk, object: aPasskey,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/me/passkeys/" + x.id} }},
	"makeOneTimeCode":     {success: 422, allowed: all, request: anyone("POST", "/api/me/one-time-code", again)},
	"confirmOneTimeCode":  {success: 409, allowed: all, request: anyone("PUT", "/api/me/one-time-code", object{"code": "123456"})},
	"removeOneTimeCode":   {success: 404, allowed: all, request: anyone("DELETE", "/api/me/one-time-code", nil)},
	"askPresence":         {success: 409, allowed: all, request: anyone("POST", "/api/presence", nil)},
	"provePresenceByCode": {success: 409, allowed: all, request: anyone("POST", "/api/presence-by-code", object{"code": "123456"})},
	"provePresence": {success: 409, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/presence/" + uuid.NewString(), body: object{"credential": object{}}}
	}},
	"listToSign":        {success: 200, allowed: all, request: get("/api/signing/waiting?act=sign")},
	"listSigningOrders": {success: 200, allowed: all, request: get("/api/signing/orders")},
	"orderSigning": {success: 403, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/signing/orders", body: object{"act": "sign", "certificateId": uuid.NewString(), "presenceId": uuid.NewString(),
			"documents": []object{{"documentId": uuid.NewString(), "seenSha256": paperHash}}}}
	}},
	"confirmSigning": {success: 404, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/signing/confirmations", body: object{"batchId": uuid.NewString(), "secrets": []object{{"id": "PIN", "value": "1"}}}}
	}},
	"cancelSigningOrder": {success: 200, allowed: drafters, denied: 404, owner: leader, object: anOrder,
		request: func(x thing) call { return call{method: "POST", path: "/api/signing/orders/" + x.id + "/cancel"} }},
	"repeatSigningOrder": {success: 403, allowed: drafters, denied: 404, owner: leader, object: anOrder,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/signing/orders/" + x.id + "/repeat", body: object{"presenceId": uuid.NewString()}}
		}},
	"fetchToSign": {success: 403, request: func(thing) call {
		return call{method: "GET", path: "/api/signing/orders/" + uuid.NewString() + "/file", headers: []header{noTicket}}
	}},
	"returnSigned": {success: 403, request: func(thing) call {
		return call{method: "PUT", path: "/api/signing/orders/" + uuid.NewString() + "/file", headers: []header{noTicket}, body: strings.NewReader(paper)}
	}},
	"listSeals": {success: 200, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/administration/agencies/" + x.id + "/seals"}
		}},
	"addSeal": {success: 422, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/administration/agencies/" + x.id + "/seals", body: object{"provider": "software", "file": "AAAA", "password": "x"}}
		}},
	"removeSeal": {success: 204, allowed: managers, denied: 403, instead: gone, owner: admin, object: aSeal,
		request: func(x thing) call {
			return call{method: "DELETE", path: "/api/administration/agencies/" + x.of.ID.String() + "/seals/" + x.id}
		}},
	"setSigningRule": {success: 204, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "PUT", path: "/api/administration/agencies/" + x.id + "/signing-rule", body: object{"required": false}}
		}},
	"readPlaces": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Submitted),
		request: onDocument("GET", "/places", nil)},
	"movePlaces": {success: 409, allowed: []kind{officer, clerk, leader}, denied: 404, instead: onlookers(officer, clerk, leader), owner: officer, object: aDocument(document.Submitted),
		request: onDocument("PUT", "/places", object{"seenSha256": paperHash, "places": []object{{"name": "congvan-seal-1", "page": 1, "left": 100, "bottom": 100}}})},
	"listDocumentSignatures": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
		request: onDocument("GET", "/signatures", nil)},
	"listArrivalSignatures": {success: 200, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("GET", "/signatures", nil)},
	"verifyFile": {success: 200, request: func(thing) call {
		return call{method: "POST", path: "/api/verify", body: strings.NewReader(paper)}
	}},
}
