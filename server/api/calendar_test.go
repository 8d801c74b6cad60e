package api_test

import (
	"testing"

	"congvan/server/domain/org"
)

func TestH4_TheProvincesCalendarCountsForItsAgencies(t *testing.T) {
	t.Parallel()
	i := install(t)
	province, commune := i.Office(t, "H59", "Tỉnh Trà Vinh"), i.Office(t, "H59.01", "Xã Long Đức")
	i.exec(t, "update agency set level = 'province' where id = $1", province.ID)
	i.exec(t, "update agency set parent_id = $1 where id = $2", province.ID, commune.ID)
	boss := i.as(t, i.Person(t, province.ID, org.ID{}, org.Admin).AccountID)
	path := "/api/agencies/" + province.ID.String() + "/calendar?year=2026"
	due := func(want string) {
		t.Helper()
		var got struct{ Day string }
		i.as(t, commune.Officer.AccountID).get("/api/agencies/"+commune.ID.String()+"/due-date?from=2026-02-13&workingDays=1").need(t, 200).into(t, &got)
		if got.Day != want {
			t.Errorf("due on %s, want %s", got.Day, want)
		}
	}
	due("2026-02-16") // nobody has said when Tết is
	wrong := aYear()
	wrong["items"] = wrong["items"].([]object)[1:]
	p := boss.call("PUT", path, wrong, header{"If-Match", `"1"`}).refused(t, 422, "invalid_request")
	if len(p.Fields) != 1 || p.Fields[0].Code != "holiday_missing" {
		t.Errorf("%+v", p)
	}
	boss.call("PUT", path+"&dryRun=true", aYear(), header{"If-Match", `"1"`}).need(t, 200)
	due("2026-02-16") // a dry run changes nothing
	boss.call("PUT", path, aYear(), header{"If-Match", `"1"`}).need(t, 200)
	due("2026-02-23")
	boss.call("PUT", path, aYear(), header{"If-Match", `"1"`}).refused(t, 412, "stale")
	// The commune's administrator does not write the province's calendar.
	clerk := i.as(t, i.Person(t, commune.ID, org.ID{}, org.Admin).AccountID)
	clerk.call("PUT", "/api/agencies/"+commune.ID.String()+"/calendar?year=2026", aYear(), header{"If-Match", `"2"`}).refused(t, 403, "calendar_of_province")
}
