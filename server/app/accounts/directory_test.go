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
	for i, name := range []string{"Xã Đại An", "Phường 10", "Xã Dân Thành", "Phường 2", "Xã Ấp Mới", "Xã An Phú"} {
		h.Office(t, "H59.7"+string(rune('0'+i)), name)
	}
	tree, err := h.AgencyTree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range tree {
		names = append(names, a.Name)
	}
	want := []string{"Phường 2", "Phường 10", "Xã An Phú", "Xã Ấp Mới", "Xã Dân Thành", "Xã Đại An"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
