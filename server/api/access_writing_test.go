package api_test

import (
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// aWordDraft makes an own draft whose document is a Word document.
func aWordDraft(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := anOwn(document.Draft)(t, w, in, by)
	w.exec(t, `update document_file set media_type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', name = 'dự thảo.docx' where document_id = $1`, id)
	return id
}

func aWholeUpload(t testing.TB, w *world, in *agency, by org.ID) string {
	t.Helper()
	id := anUpload(t, w, in, by)
	w.exec(t, `update upload set received = size, sha256 = $2 where id = $1`, id, paperSum[:])
	return id
}

func onTemplate(method string, body any) func(thing) call {
	return func(x thing) call {
		return call{method: method, path: "/api/templates/" + anyKind + "?agencyId=" + x.id, body: body}
	}
}

var (
	templateKeepers   = []kind{clerk, admin}
	noTemplateKeepers = map[kind]int{leader: 403, head: 403, officer: 403}
	anyUpload         = object{"uploadId": uuid.NewString()}
	writingRows       = map[string]row{
		"beginText": {success: 201, allowed: drafters, denied: 404, owner: officer, object: anOwn(document.Draft), request: onDocument("POST", "/text", nil)},
		"convertDocument": {success: 201, allowed: drafters, denied: 404, owner: officer, object: aWordDraft,
			request: onDocument("POST", "/pdf", nil)},
		"compareLayout": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
			request: onDocument("GET", "/layout", nil)},
		"readReadiness": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
			request: onDocument("GET", "/readiness", nil)},
		"compareVersions": {success: 200, allowed: drafters, denied: 404, owner: officer, object: aDocument(document.Issued),
			request: onDocument("GET", "/difference?from="+paperHash+"&to="+paperHash, nil)},
		"downloadUpload": {success: 200, personal: true, owner: clerk, object: aWholeUpload,
			request: func(x thing) call { return call{method: "GET", path: "/api/uploads/" + x.id + "/content"} }},
		"listTemplates": {success: 200, allowed: staff, denied: 404, owner: officer, object: itself,
			request: func(x thing) call { return call{method: "GET", path: "/api/templates?agencyId=" + x.id} }},
		"readTemplate":   {success: 200, allowed: staff, denied: 404, owner: officer, object: itself, request: onTemplate("GET", nil)},
		"removeTemplate": {success: 204, allowed: templateKeepers, denied: 404, instead: noTemplateKeepers, owner: clerk, object: itself, request: onTemplate("DELETE", nil)},
		// Whoever may is told that there is no such upload.
		"replaceTemplate": {success: 422, allowed: templateKeepers, denied: 404, instead: noTemplateKeepers, owner: clerk, object: itself, request: onTemplate("PUT", anyUpload)},
	}
)
