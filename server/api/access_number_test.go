package api_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// aReserved makes a reserved number of the agency's outgoing register.
func aReserved(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	number := int(uuid.New().ID()%900_000) + 50_000
	w.exec(t, `insert into register_entry (agency_id, register_id, year, number, day, subject_type, subject_id, taken_by, taken_at)
	           select $1, $2, year, $3, current_date, 'reserved', gen_random_uuid(), $4, now() from register where id = $2`,
		in.ID, in.OutgoingRegister, number, in.Clerk.AccountID)
	return in.OutgoingRegister.String() + " " + strconv.Itoa(number)
}

// aSeries opens a council's series, which no document chooses by itself.
func aSeries(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into register (agency_id, id, code, direction, year, name, council, next_number) values ($1, $2, $3, 'outgoing', $4, 'Hội đồng', true, 1)`,
		in.ID, id, id[:8], time.Now().Year())
	return id
}

// readers of a register who do not keep it.
var shelf = map[kind]int{leader: 403}

var numberRows = map[string]row{
	"numberDocumentSpecially": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aDocument(document.Approved),
		request: onDocument("POST", "/special-number", object{"reason": "Ký ngày trước"})},
	"reserveNumbers": {success: 200, allowed: []kind{clerk}, denied: 404, instead: shelf, owner: clerk, object: aRegister,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/registers/" + x.id + "/reservations", body: object{"count": 2, "reason": "Chờ văn bản giấy"}}
		}},
	"openRegister": {success: 201, allowed: []kind{clerk}, denied: 404, instead: shelf, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/registers", body: object{"agencyId": x.id, "code": uuid.NewString()[:8], "direction": "outgoing",
				"year": time.Now().Year(), "name": "Sổ hội đồng", "council": true, "symbolAgency": "HĐTĐKT", "openingNumber": 12}}
		}},
	"closeRegister": {success: 200, allowed: []kind{clerk}, denied: 404, instead: shelf, owner: clerk, object: aSeries,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/registers/" + x.id + "/close", body: object{"reason": "Mở nhầm"}}
		}},
	"cancelNumber": {success: 204, allowed: []kind{clerk}, denied: 404, instead: shelf, owner: clerk, object: aReserved,
		request: func(x thing) call {
			parts := strings.Fields(x.id)
			number := "1"
			if len(parts) == 2 {
				number = parts[1]
			}
			return call{method: "POST", path: "/api/registers/" + parts[0] + "/numbers/" + number + "/cancel", body: object{"reason": "Không dùng"}}
		}},
}
