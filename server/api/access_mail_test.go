package api_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/org"
)

func (w *world) mailbox(t testing.TB, in *agency) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into mailbox (agency_id, id, address, host, port, security, username, secret) values ($1, $2, $3, 'mail.example.test', 993, 'tls', 'vanthu', '\x00')`,
		in.ID, id, id+"@example.test")
	return id
}

func aMailbox(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	return w.mailbox(t, in)
}

// aHeldMail makes a mail in quarantine whose raw bytes are stored.
func aHeldMail(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into mail_item (agency_id, id, mailbox_id, uidvalidity, uid, message_id, raw_sha256, size, from_address, subject, received_at, state, reason)
	           values ($1, $2, $3, 1, 1, '', $4, $5, 'a@example.test', 'Thư', now(), 'quarantined', 'no_document')`,
		in.ID, id, w.mailbox(t, in), paperSum[:], len(paper))
	return id
}

var mailRows = map[string]row{
	// Whoever holds a link needs no account, and whoever does not learns nothing.
	"readLink":       {success: 404, request: get("/api/links/" + strings.Repeat("x", 32))},
	"readLinkedFile": {success: 404, request: get("/api/links/" + strings.Repeat("x", 32) + "/files/" + strings.Repeat("0", 64))},
	"listMailboxes":  {success: 200, allowed: []kind{clerk, admin, operator, stranger}, denied: 403, request: get("/api/mailboxes")},
	"addMailbox": {success: 201, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/mailboxes", body: object{"agencyId": x.id, "address": strings.ToLower(uuid.NewString()) + "@example.test",
				"host": "mail.example.test", "port": 993, "security": "tls", "username": "vanthu", "password": "x"}}
		}},
	"editMailbox": {success: 200, allowed: managers, denied: 403, instead: gone, owner: admin, object: aMailbox,
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/mailboxes/" + x.id, body: object{"enabled": false}}
		}},
	"testMailbox": {success: 202, allowed: managers, denied: 403, instead: gone, owner: admin, object: aMailbox,
		request: func(x thing) call { return call{method: "POST", path: "/api/mailboxes/" + x.id + "/test"} }},
	"listQuarantine": {success: 200, allowed: []kind{clerk, stranger}, filter: true, denied: 403, owner: clerk, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/quarantine?agencyId=" + x.id} }},
	"readQuarantined": {success: 200, allowed: []kind{clerk}, denied: 404, owner: clerk, object: aHeldMail,
		request: func(x thing) call { return call{method: "GET", path: "/api/quarantine/" + x.id} }},
	"readQuarantinedRaw": {success: 200, allowed: []kind{clerk}, denied: 404, owner: clerk, object: aHeldMail,
		request: func(x thing) call { return call{method: "GET", path: "/api/quarantine/" + x.id + "/raw"} }},
	"previewQuarantined": {success: 200, allowed: []kind{clerk}, denied: 404, owner: clerk, object: aHeldMail,
		request: func(x thing) call { return call{method: "GET", path: "/api/quarantine/" + x.id + "/preview"} }},
	"releaseQuarantined": {success: 200, allowed: []kind{clerk}, denied: 404, owner: clerk, object: aHeldMail,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/quarantine/" + x.id + "/release", body: object{"paths": []string{}, "body": true}}
		}},
	"discoverMailbox": {success: 200, allowed: []kind{admin, operator}, denied: 403, owner: admin,
		request: func(thing) call {
			return call{method: "POST", path: "/api/mailboxes/discover", body: object{"address": "vanthu@example.invalid"}}
		}},
	"retryQuarantined": {success: 200, allowed: []kind{clerk}, denied: 404, owner: clerk, object: aHeldMail,
		request: func(x thing) call { return call{method: "POST", path: "/api/quarantine/" + x.id + "/retry"} }},
	"discardQuarantined": {success: 200, allowed: []kind{clerk}, denied: 404, owner: clerk, object: aHeldMail,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/quarantine/" + x.id + "/discard", body: object{"reason": "Không phải văn bản"}}
		}},
}
