package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// aLine makes a registered arrival that the clerk gave to the unit, and gives
// the unit's line as it stands.
func aLine(state, set string) func(testing.TB, *world, *agency, org.ID) string {
	return func(t testing.TB, w *world, in *agency, _ org.ID) string {
		t.Helper()
		arrival, root, id := w.registered(t, in), uuid.NewString(), uuid.NewString()
		above := "forwarded"
		if state == "done" {
			above = "done"
		}
		w.exec(t, `insert into line (agency_id, id, arrival_id, role, state, created_at, closed_at)
		           values ($1, $2, $3, 'lead', $4, now(), case when $4 = 'done' then now() end)`, in.ID, root, arrival, above)
		w.exec(t, `insert into line (agency_id, id, arrival_id, parent_id, unit_id, role, state, due_date, giver_position_id, created_at, closed_at)
		           values ($1, $2, $3, $4, $5, 'lead', $6, current_date + 5, $7, now(), case when $6 = 'done' then now() end)`,
			in.ID, id, arrival, root, in.Unit, state, in.ClerkPosition)
		if set != "" {
			w.exec(t, `update line set `+set+` where id = $1`, id)
		}
		return id
	}
}

func (w *world) registered(t testing.TB, in *agency) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into arrival (agency_id, id, source, state, kind, issuer_name, subject, arrived_at, registered_at, registered_by)
	           values ($1, $2, 'paper', 'registered', $3, 'Sở Nội vụ', 'Về việc thử', now(), now(), 'Văn thư')`, in.ID, id, anyKind)
	return id
}

// toGive makes a registered arrival that nobody has yet.
func toGive(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := w.registered(t, in)
	w.exec(t, `insert into line (agency_id, id, arrival_id, role, state, created_at) values ($1, gen_random_uuid(), $2, 'lead', 'open', now())`, in.ID, id)
	return id
}

// asked makes a line whose holder asked for more time.
func asked(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	line := aLine("open", "started_at = now()")(t, w, in, by)
	w.exec(t, `insert into line_note (agency_id, id, arrival_id, line_id, kind, words, name, at, due_date, decision)
	           select agency_id, gen_random_uuid(), arrival_id, id, 'more_time', 'x', 'Trưởng phòng', now(), current_date + 9, 'asked' from line where id = $1`, line)
	return line
}

// answering makes a line and an issued document that answers it.
func answering(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	return aLine("open", "")(t, w, in, by) + " " + w.document(t, in, document.Issued, in.Officer)
}

func aPhrase(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into phrase (agency_id, id, account_id, words, created_at) values ($1, $2, $3, 'Giao Văn phòng tham mưu', now())`, in.ID, id, by)
	return id
}

func onLine(act string, body any) func(thing) call {
	return func(x thing) call { return call{method: "POST", path: "/api/lines/" + x.id + "/" + act, body: body} }
}

func toOfficer(x thing) object {
	return object{"positionId": x.of.Officer.Positions[0].ID.String()}
}

func lead(x thing) []object {
	return []object{{"positionId": x.of.Officer.Positions[0].ID.String(), "role": "lead"}}
}

var reason = object{"reason": "Gửi nhầm"}

var lineRows = map[string]row{
	"readForwardRules": {success: 200, allowed: append([]kind{operator}, staff...), denied: 404, owner: clerk, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/agencies/" + x.id + "/forward-rules"} }},
	"setForwardRules": {success: 422, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "PUT", path: "/api/agencies/" + x.id + "/forward-rules", body: object{"items": []object{{"name": "không có nơi nhận", "asks": "work"}}}}
		}},
	"listLines": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/lines?view=late&agencyId=" + x.id} }},
	"countLate": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/late?agencyId=" + x.id} }},
	"forwardMany": {success: 200, allowed: []kind{clerk}, denied: 404, instead: map[kind]int{leader: 403}, owner: clerk, object: toGive,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/lines/forward", body: object{"arrivalIds": []string{x.id}, "shares": lead(x)}}
		}},
	"forwardLine": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("open", ""),
		request: func(x thing) call {
			return call{method: "POST", path: "/api/lines/" + x.id + "/forward", body: object{"shares": lead(x)}}
		}},
	"takeInLine": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("awaiting", ""), request: onLine("take-in", nil)},
	"noteProgress": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("open", ""),
		request: onLine("note", object{"words": "Đã họp"})},
	"finishLine": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("open", ""), request: onLine("finish", object{})},
	"answerLine": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: answering,
		request: func(x thing) call {
			line, answer, ok := strings.Cut(x.id, " ")
			if !ok {
				answer = uuid.NewString()
			}
			return call{method: "POST", path: "/api/lines/" + line + "/answer", body: object{"documentId": answer}}
		}},
	"returnLine":   {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("open", ""), request: onLine("return", reason)},
	"handBackLine": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("open", "started_at = now()"), request: onLine("hand-back", reason)},
	"askMoreTime": {success: 200, allowed: []kind{head}, denied: 404, instead: onlookers(head), owner: head, object: aLine("open", ""),
		request: onLine("ask-more-time", object{"reason": "Chờ số liệu", "dueDate": org.Calendar{}.After(org.DayOf(time.Now()), 22).String()})},
	"decideMoreTime": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: asked, request: onLine("decide-more-time", object{"grant": true})},
	"remindLine": {success: 200, allowed: []kind{clerk, leader}, denied: 404, instead: onlookers(clerk, leader), owner: clerk, object: aLine("open", ""),
		request: onLine("remind", object{"words": "Sắp đến hạn"})},
	"withdrawLine": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: aLine("awaiting", ""), request: onLine("withdraw", object{})},
	"reopenLine":   {success: 200, allowed: []kind{clerk, head}, denied: 404, instead: onlookers(clerk, head), owner: clerk, object: aLine("done", ""), request: onLine("reopen", reason)},
	"handOverLine": {success: 204, allowed: []kind{clerk, leader, head}, denied: 404, instead: onlookers(clerk, leader, head), owner: clerk, object: aLine("open", ""),
		request: func(x thing) call {
			return call{method: "POST", path: "/api/lines/" + x.id + "/hand-over", body: toOfficer(x)}
		}},
	"listPhrases": {success: 200, allowed: all, request: get("/api/phrases")},
	"addPhrase": {success: 201, allowed: drafters, denied: 403, owner: officer, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/phrases", body: object{"agencyId": x.id, "words": "Để biết"}}
		}},
	"removePhrase": {success: 204, allowed: drafters, denied: 404, owner: officer, object: aPhrase,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/phrases/" + x.id} }},
	"listArrivalViews": {success: 200, allowed: []kind{clerk, leader}, denied: 404, instead: onlookers(clerk, leader), owner: clerk, object: anArrival,
		request: onArrival("GET", "/views", nil)},
	"restrictArrival": {success: 200, allowed: []kind{clerk}, denied: 404, instead: onlookers(clerk), owner: clerk, object: anArrival,
		request: onArrival("POST", "/restrict", object{"restricted": true, "reason": "Đơn tố cáo"})},
	"followArrival":   {success: 204, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("POST", "/follow", nil)},
	"unfollowArrival": {success: 204, allowed: drafters, denied: 404, owner: clerk, object: anArrival, request: onArrival("DELETE", "/follow", nil)},
}

// onPaper makes a registered arrival on paper.
func onPaper(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := w.registered(t, in)
	w.exec(t, `update arrival set arrival_number = 7, arrival_day = '2026-03-02' where id = $1`, id)
	w.exec(t, `insert into line (agency_id, id, arrival_id, role, state, created_at) values ($1, gen_random_uuid(), $2, 'lead', 'open', now())`, in.ID, id)
	return id
}

// paperRows are those of what comes on paper. An upload that is not there is
// told to who may by the same answer.
var paperRows = map[string]row{
	"registerPaper": {success: 201, allowed: []kind{clerk}, denied: 404, instead: map[kind]int{leader: 403, head: 403, officer: 403, admin: 403, operator: 403}, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/agencies/" + x.id + "/paper-arrivals",
				body: object{"seenSha256": "", "subject": "Đơn đề nghị", "issuerName": "Nguyễn Văn A", "restricted": true}}
		}},
	"scanMany": {success: 404, allowed: []kind{clerk}, denied: 404, instead: map[kind]int{leader: 403, head: 403, officer: 403, admin: 403, operator: 403}, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/agencies/" + x.id + "/scans", body: object{"year": 2026, "uploadIds": []string{uuid.NewString()}}}
		}},
	"scanArrival": {success: 404, allowed: []kind{clerk, leader}, denied: 404, owner: clerk, object: onPaper,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/arrivals/" + x.id + "/scans", body: object{"uploadIds": []string{"01900000-0000-7000-8000-000000000001"}}}
		}},
	"notePaperCopy": {success: 200, allowed: []kind{clerk}, denied: 404, instead: map[kind]int{leader: 403}, owner: clerk, object: onPaper,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/arrivals/" + x.id + "/paper-copy", body: object{"note": "kệ 2"}}
		}},
	"readArrivalBarcode": {success: 200, allowed: []kind{clerk, leader}, denied: 404, owner: clerk, object: onPaper,
		request: func(x thing) call { return call{method: "GET", path: "/api/arrivals/" + x.id + "/barcode"} }},
}
