package api_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/org"
)

// accessTable decides for every operation who may do it (M2). Each tag has its
// part, below or in access_document_test.go; an operation without a row fails.
var accessTable = tableOf(sessionRows, directoryRows, uploadRows, documentRows, writingRows, arrivalRows, lineRows, paperRows, registerRows, mailRows, workRows, signingRows, administrationRows, delegationRows, peerRows)

func tableOf(parts ...map[string]row) map[string]row {
	all := map[string]row{}
	for _, part := range parts {
		for id, r := range part {
			all[id] = r
		}
	}
	return all
}

// all is everybody who is signed in.
var all = append([]kind{operator, ended, mustChange, stranger}, staff...)

func get(path string) func(thing) call {
	return func(thing) call { return call{method: "GET", path: path} }
}

func aSession(t testing.TB, w *world, _ *agency, by org.ID) string {
	t.Helper()
	id, hash := uuid.NewString(), sha256.Sum256([]byte(uuid.NewString()))
	w.exec(t, `insert into session (id_hash, id, account_id, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)`,
		hash[:], id, by, w.now(), w.now().AddDate(0, 0, 1))
	return id
}

func aToken(t testing.TB, w *world, _ *agency, by org.ID) string {
	t.Helper()
	id, hash := uuid.NewString(), sha256.Sum256([]byte(uuid.NewString()))
	w.exec(t, `insert into token (id, id_hash, account_id, name, scopes, created_at, expires_at) values ($1, $2, $3, 'x', '{read}', $4, $5)`,
		id, hash[:], by, w.now(), w.now().AddDate(0, 0, 1))
	return id
}

var sessionRows = map[string]row{
	"signIn": {success: 401, request: func(thing) call {
		return call{method: "POST", path: "/api/session", body: object{"login": uuid.NewString(), "password": "x"}}
	}},
	"readVersion": {success: 200, request: get("/api/version")},
	"readMe":      {success: 200, allowed: all, request: get("/api/me")},
	"signOut":     {success: 204, allowed: all, request: func(thing) call { return call{method: "DELETE", path: "/api/session"} }},
	"changeMe": {success: 200, allowed: all, request: func(thing) call {
		return call{method: "PATCH", path: "/api/me", body: object{"language": "vi"}}
	}},
	// With a wrong present password: it must not change for the other rows.
	"changePassword": {success: 422, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/me/password", body: object{"current": "x", "next": "con mèo trèo cây dừa"}}
	}},
	"listSessions": {success: 200, allowed: all, request: get("/api/me/sessions")},
	"listTokens":   {success: 200, allowed: all, request: get("/api/me/tokens")},
	"createToken": {success: 201, allowed: all, request: func(thing) call {
		return call{method: "POST", path: "/api/me/tokens", body: object{"name": "x", "scopes": []string{"read"}, "days": 1}}
	}},
	"revokeSession": {success: 204, personal: true, owner: clerk, object: aSession,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/me/sessions/" + x.id} }},
	"revokeToken": {success: 204, personal: true, owner: clerk, object: aToken,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/me/tokens/" + x.id} }},
}

func itself(_ testing.TB, _ *world, in *agency, _ org.ID) string { return in.ID.String() }

var directoryRows = map[string]row{
	"listAgencies": {success: 200, allowed: all, public: true, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/agencies?parentId=" + x.id} }},
	"readAgency": {success: 200, allowed: all, public: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/agencies/" + x.id} }},
	"readAgencyTree": {success: 200, allowed: all, request: get("/api/agency-tree")},
	"listGroups":     {success: 200, allowed: all, request: get("/api/groups")},
	"listKinds":      {success: 200, allowed: all, request: get("/api/kinds")},
	"readSignerBlock": {success: 200, allowed: drafters, denied: 404, owner: officer, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/signer-block?agencyId=" + x.id + "&positionId=" + x.of.LeaderPosition.String()}
		}},
	"listPeople": {success: 200, allowed: all, filter: true, owner: officer, object: itself,
		request: func(x thing) call { return call{method: "GET", path: "/api/people?agencyId=" + x.id} }},
}

func aUnit(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into unit (agency_id, id, name, valid_from) values ($1, $2, 'Phòng', '2000-01-01')`, in.ID, id)
	return id
}

func anAccount(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	return w.Person(t, in.ID, org.ID{}, org.Officer).AccountID.String()
}

func aPosition(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	return w.Person(t, in.ID, org.ID{}, org.Officer).Positions[0].ID.String()
}

func aGroup(t testing.TB, w *world, in *agency, _ org.ID) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `insert into recipient_group (agency_id, id, name) values ($1, $2, 'Nhóm')`, in.ID, id)
	return id
}

var (
	managers = []kind{admin, operator}
	// Who has no position in the agency does not know of what it holds.
	gone = map[kind]int{ended: 404}
)

var administrationRows = map[string]row{
	"addAgency": {success: 201, allowed: []kind{operator}, denied: 403, request: func(thing) call {
		return call{method: "POST", path: "/api/administration/agencies", body: object{"code": strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")),
			"name": "Cơ quan", "level": "other", "channel": "paper", "validFrom": "2000-01-01"}}
	}},
	"editAgency": {success: 200, allowed: []kind{operator}, denied: 403, owner: operator,
		object: func(t testing.TB, w *world, _ *agency, _ org.ID) string {
			t.Helper()
			id := uuid.NewString()
			w.exec(t, `insert into agency (id, code, name, level, valid_from) values ($1, $2, 'Cơ quan', 'other', '2000-01-01')`,
				id, strings.ToUpper(strings.ReplaceAll(id, "-", "")))
			return id
		},
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/administration/agencies/" + x.id, body: object{"place": "Trà Vinh"}}
		}},
	"listUnits": {success: 200, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/administration/agencies/" + x.id + "/units"}
		}},
	"addUnit": {success: 201, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/administration/agencies/" + x.id + "/units", body: object{"name": "Phòng", "validFrom": "2020-01-01"}}
		}},
	"editUnit": {success: 200, allowed: managers, denied: 403, instead: gone, owner: admin, object: aUnit,
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/administration/units/" + x.id, body: object{"name": "Phòng khác"}}
		}},
	"listAccounts": {success: 200, allowed: managers, filter: true, denied: 403, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "GET", path: "/api/administration/accounts?agencyId=" + x.id}
		}},
	"addAccount": {success: 201, allowed: managers, denied: 403, instead: gone, owner: admin, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/administration/accounts", body: object{"login": "u" + uuid.NewString(), "fullName": "Người mới", "agencyId": x.id, "role": "officer"}}
		}},
	"readAccount": {success: 200, allowed: managers, denied: 403, owner: admin, object: anAccount,
		request: func(x thing) call { return call{method: "GET", path: "/api/administration/accounts/" + x.id} }},
	"editAccount": {success: 200, allowed: managers, denied: 403, owner: admin, object: anAccount,
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/administration/accounts/" + x.id, body: object{"fullName": "Tên khác"}}
		}},
	"resetPassword": {success: 200, allowed: managers, denied: 403, owner: admin, object: anAccount,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/administration/accounts/" + x.id + "/reset-password"}
		}},
	"addPosition": {success: 201, allowed: managers, denied: 403, owner: admin, object: anAccount,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/administration/accounts/" + x.id + "/positions",
				body: object{"agencyId": x.of.ID.String(), "role": "officer", "validFrom": "2020-01-01"}}
		}},
	"editPosition": {success: 200, allowed: managers, denied: 403, instead: gone, owner: admin, object: aPosition,
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/administration/positions/" + x.id, body: object{"title": "Chức vụ khác"}}
		}},
	"addGroup": {success: 201, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: clerk, object: itself,
		request: func(x thing) call {
			return call{method: "POST", path: "/api/administration/groups", body: object{"agencyId": x.id, "name": "Nhóm", "memberIds": []string{}}}
		}},
	"editGroup": {success: 200, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: clerk, object: aGroup,
		request: func(x thing) call {
			return call{method: "PATCH", path: "/api/administration/groups/" + x.id, body: object{"name": "Nhóm khác"}}
		}},
	"removeGroup": {success: 204, allowed: append([]kind{clerk}, managers...), denied: 403, instead: gone, owner: clerk, object: aGroup,
		request: func(x thing) call { return call{method: "DELETE", path: "/api/administration/groups/" + x.id} }},
	"importDirectory": {success: 200, allowed: []kind{operator}, denied: 403, request: func(thing) call {
		return call{method: "POST", path: "/api/administration/import?of=units&name=units.csv", body: strings.NewReader("agency,name\nH59.01,Phòng\n")}
	}},
}
