package api_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/org"
)

// aDelegation lets an officer stand in for a new person of the agency, or for
// who is to do something with it.
func aDelegation(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := uuid.NewString()
	var own uuid.UUID
	w.scan(t, &own, `select coalesce((select id from position where account_id = $1 and agency_id = $2 and role <> 'admin' limit 1), $3)`,
		by, in.ID, in.Head.Positions[0].ID)
	to := w.Person(t, in.ID, in.Unit, org.Officer)
	today := org.DayOf(w.now())
	w.exec(t, `insert into delegation (agency_id, id, position_id, delegate_position_id, valid_from, valid_until, created_by, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, in.ID, id, own, to.Positions[0].ID, today.String(), today.AddDays(3).String(), to.AccountID, w.now())
	return id
}

// delegationRows are those of absence, days and files.
var delegationRows = tableOf(substituteRows, calendarRows)

var substituteRows = map[string]row{
	"listDelegations": {success: 200, allowed: all, request: get("/api/delegations")},
	"addDelegation": {success: 201, allowed: []kind{admin, operator}, denied: 403, instead: gone, owner: admin,
		object: func(t testing.TB, w *world, in *agency, _ org.ID) string {
			t.Helper()
			return w.Person(t, in.ID, in.Unit, org.Officer).Positions[0].ID.String()
		},
		request: func(x thing) call {
			today := org.DayOf(time.Now())
			return call{method: "POST", path: "/api/delegations", body: object{"positionId": x.id, "delegatePositionId": x.of.Head.Positions[0].ID.String(),
				"validFrom": today.String(), "validUntil": today.AddDays(2).String()}}
		}},
	"revokeDelegation": {success: 204, allowed: append([]kind{operator}, staff...), denied: 404, owner: clerk, object: aDelegation,
		request: func(x thing) call { return call{method: "POST", path: "/api/delegations/" + x.id + "/revoke"} }},
	"listDuties": {success: 200, allowed: append([]kind{operator}, staff...), denied: 404, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/agencies/" + x.id + "/duties?week=2026-03-02"}
		}},
	"setDuties": {success: 200, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "PUT", path: "/api/agencies/" + x.id + "/duties?week=2026-03-02",
				body: object{"items": []object{{"day": "2026-03-02", "positionId": x.of.Leader.Positions[0].ID.String(), "note": "đến 21 giờ"}}}}
		}},
}

// aYear is a year's list that is as the law wants it.
func aYear() object {
	return object{"weekend": []int{0, 6}, "items": []object{
		{"day": "2026-01-01", "working": false, "name": "Tết Dương lịch"},
		{"day": "2026-02-16", "working": false, "name": "Tết"}, {"day": "2026-02-17", "working": false, "name": "Tết"},
		{"day": "2026-02-18", "working": false, "name": "Tết"}, {"day": "2026-02-19", "working": false, "name": "Tết"},
		{"day": "2026-02-20", "working": false, "name": "Tết"}, {"day": "2026-04-30", "working": false, "name": "Ngày Chiến thắng"},
		{"day": "2026-05-01", "working": false, "name": "Quốc tế Lao động"}, {"day": "2026-09-02", "working": false, "name": "Quốc khánh"}}}
}

var calendarRows = map[string]row{
	"readCalendar": {success: 200, allowed: append([]kind{operator}, staff...), denied: 404, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/agencies/" + x.id + "/calendar?year=2026"}
		}},
	"setCalendar": {success: 200, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "PUT", path: "/api/agencies/" + x.id + "/calendar?year=2026&dryRun=true", body: aYear()}
		}},
	"reckonDueDate": {success: 200, allowed: append([]kind{operator}, staff...), denied: 404, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/agencies/" + x.id + "/due-date?from=2026-02-13&workingDays=1"}
		}},
}
