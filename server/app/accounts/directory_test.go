package accounts_test

import (
	"slices"
	"testing"
)

// Names stand as a Vietnamese reader looks for them: đ after d, marks after
// letters, and numbers by their value.
func TestD2_AgenciesStandInVietnameseOrder(t *testing.T) {
	t.Parallel()
	h := build(t)
	for i, name := range []string{"Xã Đại An", "Phường 10", "Xã Dân Thành", "Phường 2", "Xã Ấp Mới", "Xã An Phú", "Phường 3"} {
		h.Office(t, "H59.7"+string(rune('0'+i)), name)
	}
	// An agency under another stands behind it, and does not pull it out of its place.
	if _, err := h.Admin(t).Exec(t.Context(), `update agency set parent_id = (select id from agency where name = 'Xã Đại An') where name = 'Phường 2'`); err != nil {
		t.Fatal(err)
	}
	tree, err := h.AgencyTree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range tree {
		names = append(names, a.Name)
	}
	want := []string{"Phường 3", "Phường 10", "Xã An Phú", "Xã Ấp Mới", "Xã Dân Thành", "Xã Đại An", "Phường 2"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
