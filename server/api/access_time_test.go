package api_test

import (
	"strings"
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
var delegationRows = tableOf(substituteRows, calendarRows, noticeRows, casefileRows)

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

var noticeRows = map[string]row{
	"listNotices": {success: 200, allowed: all, request: get("/api/notices")},
	"markNoticesRead": {success: 204, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/notices/read", body: object{}}
	}},
	"readNoticeChoice": {success: 200, allowed: all, request: get("/api/me/notices")},
	"setNoticeChoice": {success: 200, allowed: all, request: func(thing) call {
		return call{method: "PUT", path: "/api/me/notices", body: object{"muted": []string{"soon"}, "digest": true}}
	}},
	"readAlarms": {success: 200, allowed: append([]kind{operator}, staff...), denied: 404, owner: clerk, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/agencies/" + x.id + "/alarms"} }},
	"setAlarms": {success: 422, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "PUT", path: "/api/agencies/" + x.id + "/alarms",
				body: object{"firstDays": 1, "secondDays": 2, "headAfter": 1, "leaderAfter": 2, "registerBy": "16:30"}}
		}},
}

// aCaseFile gives a restricted file kept by the officer, in the state.
func aCaseFile(state string, frozen bool) func(t testing.TB, w *world, in *agency, by org.ID) string {
	return func(t testing.TB, w *world, in *agency, _ org.ID) string {
		t.Helper()
		id := uuid.NewString()
		var end *string
		var closed *time.Time
		if state == "closed" {
			day, at := "2000-05-01", w.now()
			end, closed = &day, &at
		}
		w.exec(t, `insert into casefile (agency_id, id, year, notation, title, retention, unit_id, rights, keeper_id, creator_name, state, start_day, end_day, frozen, closed_at, updated_at)
			values ($1, $2, 2000, $7, 'Hồ sơ', 1, $3, 'restricted', $4, 'x', $5, '2000-01-01',
			        $8, $6, $9, now())`,
			in.ID, id, in.Unit, in.Officer.Positions[0].ID, state, frozen, "1."+strings.ToUpper(id[:8]), end, closed)
		return id
	}
}

// aCatalogueLine gives a line of a yearly list that waits to be approved.
func aCatalogueLine(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, "insert into catalogue (agency_id, id, year, notation, title, retention) values ($1, $2, 2025, $3, 'Hồ sơ', 10)", in.ID, id, "1."+strings.ToUpper(id[:8]))
	return id
}

func onCaseFile(path string, body object) func(thing) call {
	return func(x thing) call { return call{method: "POST", path: "/api/casefiles/" + x.id + path, body: body} }
}

var (
	keepers = []kind{clerk, head, officer}
	hidden  = map[kind]int{leader: 403}
)

var casefileRows = map[string]row{
	"listCaseFiles": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/casefiles?agencyId=" + x.id} }},
	"openCaseFile": {success: 201, allowed: []kind{clerk, leader, head, officer}, denied: 403, owner: officer, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/casefiles", body: object{"agencyId": x.id, "year": 2001, "notation": "1." + uuid.NewString()[:8], "title": "Hồ sơ", "retention": 10}}
		}},
	"readCaseFile": {success: 200, allowed: append([]kind{leader}, keepers...), denied: 404, owner: officer, object: aCaseFile("open", false),
		request: func(x thing) call { return call{method: "GET", path: "/api/casefiles/" + x.id} }},
	"editCaseFile": {success: 200, allowed: keepers, denied: 404, instead: hidden, owner: officer, object: aCaseFile("open", false),
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/casefiles/" + x.id, body: object{"title": "Tiêu đề khác"}}
		}},
	"listCaseFileEvents": {success: 200, allowed: append([]kind{leader}, keepers...), denied: 404, owner: officer, object: aCaseFile("open", false),
		request: func(x thing) call { return call{method: "GET", path: "/api/casefiles/" + x.id + "/events"} }},
	"exportCaseFile": {success: 200, allowed: append([]kind{leader}, keepers...), denied: 404, owner: officer, object: aCaseFile("open", false),
		request: func(x thing) call { return call{method: "GET", path: "/api/casefiles/" + x.id + "/export?format=xml"} }},
	"readCatalogue": {success: 200, allowed: append([]kind{leader}, keepers...), denied: 404, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/agencies/" + x.id + "/catalogue?year=2026"} }},
	"readCatalogueBook": {success: 200, allowed: append([]kind{leader}, keepers...), denied: 404, owner: officer, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/agencies/" + x.id + "/catalogue/book?year=2026&format=xlsx"}
		}},
	"addCatalogueLine": {success: 200, allowed: []kind{clerk}, denied: 404, instead: map[kind]int{leader: 403, head: 403, officer: 403}, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/agencies/" + x.id + "/catalogue",
				body: object{"year": 2026, "notation": "1." + uuid.NewString()[:8], "title": "Hồ sơ", "retention": 10}}
		}},
	"removeCatalogueLine": {success: 204, allowed: []kind{clerk}, denied: 404, instead: map[kind]int{leader: 403, head: 403, officer: 403}, owner: clerk,
		object: aCatalogueLine, request: func(x thing) call { return call{method: "DELETE", path: "/api/catalogue/" + x.id} }},
	"approveCatalogue": {success: 200, allowed: []kind{leader}, denied: 404, instead: map[kind]int{clerk: 403, head: 403, officer: 403}, owner: leader,
		object: func(t testing.TB, w *world, in *agency, by org.ID) string {
			t.Helper()
			aCatalogueLine(t, w, in, by)
			return in.ID.String()
		},
		request: func(x thing) call {
			return call{method: "POST", path: "/api/agencies/" + x.id + "/catalogue/approve", body: object{"year": 2025}}
		}},
	// The document is nowhere: who may is told so by the same answer.
	"addToCaseFile": {success: 404, allowed: keepers, denied: 404, instead: hidden, owner: officer, object: aCaseFile("open", false),
		request: onCaseFile("/add", object{"documentId": "01900000-0000-7000-8000-000000000001"})},
	"removeFromCaseFile": {success: 404, allowed: keepers, denied: 404, instead: hidden, owner: officer, object: aCaseFile("open", false),
		request: onCaseFile("/remove", object{"documentId": "01900000-0000-7000-8000-000000000001", "reason": "x"})},
	"closeCaseFile": {success: 409, allowed: keepers, denied: 404, instead: hidden, owner: officer, object: aCaseFile("open", false),
		request: onCaseFile("/close", object{"end": "2001-01-01"})},
	"reopenCaseFile": {success: 200, allowed: keepers, denied: 404, instead: hidden, owner: officer, object: aCaseFile("closed", false),
		request: onCaseFile("/reopen", object{"reason": "x"})},
	"handOverCaseFile": {success: 422, allowed: keepers, denied: 404, instead: hidden, owner: officer, object: aCaseFile("open", false),
		request: onCaseFile("/hand-over", object{"keeperPositionId": "01900000-0000-7000-8000-000000000001"})},
	"freezeCaseFile": {success: 200, allowed: []kind{clerk, leader}, denied: 404, instead: map[kind]int{head: 403, officer: 403}, owner: clerk,
		object: aCaseFile("open", false), request: onCaseFile("/freeze", object{"reason": "x"})},
	"releaseCaseFile": {success: 200, allowed: []kind{clerk, leader}, denied: 404, instead: map[kind]int{head: 403, officer: 403}, owner: clerk,
		object: aCaseFile("open", true), request: onCaseFile("/release", object{"reason": "x"})},
	"destroyCaseFile": {success: 200, allowed: []kind{leader}, denied: 404, instead: map[kind]int{clerk: 403, head: 403, officer: 403}, owner: leader,
		object: aCaseFile("closed", false), request: onCaseFile("/destroy", object{"decision": "1/QĐ"})},
}
