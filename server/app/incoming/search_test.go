package incoming_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// TestJ1_ASearchReachesOldHitsThroughOtherConditions: many newer documents with
// the same words do not hide the old ones that the filter asks for.
func TestJ1_ASearchReachesOldHitsThroughOtherConditions(t *testing.T) {
	t.Parallel()
	db := storagetest.DB(t)
	o := db.Office(t, "H59.77", "UBND xã Thạnh Phú")
	ages := map[string]time.Duration{ // by subject
		"Báo cáo công tác dân vận một":  10 * time.Minute,
		"Báo cáo công tác dân vận hai":  9 * 24 * time.Hour,
		"Báo cáo công tác dân vận ba":   100 * 24 * time.Hour,
		"Báo cáo công tác dân vận bốn":  400 * 24 * time.Hour,
		"Báo cáo công tác dân vận năm":  4000 * 24 * time.Hour,
		"Kế hoạch công tác dân vận sáu": 4001 * 24 * time.Hour,
	}
	for subject, age := range ages {
		shelve(t, db, o.ID, subject, "awaiting", time.Now().Add(-age), 1)
	}
	shelve(t, db, o.ID, "Báo cáo công tác dân vận thường kỳ", "registered", time.Now().Add(-time.Hour), 1500)
	in := incoming.New(db.Store, nil, time.Now)
	whole := searchAll(t, in, o.Clerk, incoming.Filter{Query: "bao cao dan van", State: routing.Awaiting, Limit: 3})
	want := []string{"một", "hai", "ba", "bốn", "năm"}
	if len(whole) != len(want) {
		t.Fatalf("found %d of %d: %v", len(whole), len(want), whole)
	}
	for i, subject := range whole {
		if subject != "Báo cáo công tác dân vận "+want[i] {
			t.Errorf("%d is %q", i, subject)
		}
	}
	if n := len(searchAll(t, in, o.Clerk, incoming.Filter{Query: "bao cao dan van", Limit: 100})); n != 1505 {
		t.Errorf("page by page %d of 1505 are found", n)
	}
	since, until := org.DayOf(time.Now().AddDate(0, 0, -500)), org.DayOf(time.Now().AddDate(0, 0, -50))
	if got := searchAll(t, in, o.Clerk, incoming.Filter{Query: "dan van", From: since, Until: until, Limit: 5}); len(got) != 2 {
		t.Errorf("between two days %v", got)
	}
}

// TestJ1_PagesOfASearchAreTheListItself: whatever the ages of the documents,
// the pages of a search for their common word are the list without a search.
func TestJ1_PagesOfASearchAreTheListItself(t *testing.T) {
	t.Parallel()
	db := storagetest.DB(t)
	in := incoming.New(db.Store, nil, time.Now)
	ordinal := 0
	rapid.Check(t, func(r *rapid.T) {
		ordinal++
		o := db.Office(t, fmt.Sprintf("H58.%04d", ordinal), "UBND xã")
		hours := rapid.SliceOfN(rapid.IntRange(0, 24*7*60), 1, 15).Draw(r, "hours ago")
		for i, h := range hours {
			shelve(t, db, o.ID, fmt.Sprintf("Công văn số %d", i), "awaiting", time.Now().Add(-time.Duration(h)*time.Hour), 1)
		}
		limit := rapid.IntRange(1, 7).Draw(r, "rows of a page")
		found := searchAll(t, in, o.Clerk, incoming.Filter{Query: "cong van", Limit: limit})
		plain := searchAll(t, in, o.Clerk, incoming.Filter{Limit: limit})
		if fmt.Sprint(found) != fmt.Sprint(plain) || len(found) != len(hours) {
			r.Fatalf("found %v\nof %v", found, plain)
		}
	})
}

func searchAll(t *testing.T, in *incoming.Service, who access.Person, f incoming.Filter) (subjects []string) {
	t.Helper()
	for {
		page, err := in.List(t.Context(), who, org.ID{}, f)
		must(t, err)
		for _, a := range page {
			subjects = append(subjects, a.Subject)
		}
		if len(page) < f.Limit {
			return subjects
		}
		last := page[len(page)-1]
		f.After = postgres.Cursor{At: last.ArrivedAt, ID: last.ID}
	}
}

func shelve(t *testing.T, db *storagetest.Database, agency org.ID, subject, state string, at time.Time, times int) {
	t.Helper()
	_, err := db.Admin(t).Exec(t.Context(), `
insert into arrival (agency_id, id, source, state, kind, issuer_name, subject, arrived_at, registered_at)
select $1, gen_random_uuid(), 'mail', $3, 'report', 'Sở Nội vụ', $2, $4::timestamptz - i * interval '1 second', case when $3 = 'registered' then $4::timestamptz end
  from generate_series(1, $5::int) i`, [16]byte(agency), subject, state, at, times)
	must(t, err)
}
