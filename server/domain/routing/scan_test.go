package routing_test

import (
	"fmt"
	"reflect"
	"testing"

	"congvan/server/domain/routing"
)

// TestG5_ABatchOfScansFindsItsEntries: forty files off a scanner, by number and
// by barcode sheet.
func TestG5_ABatchOfScansFindsItsEntries(t *testing.T) {
	t.Parallel()
	var scans []routing.Scan
	for n := 1; n <= 36; n++ {
		scans = append(scans, routing.Scan{Name: fmt.Sprintf("%03d.pdf", n)})
	}
	scans = append(scans, routing.Scan{Name: "scan0001.jpg", Code: routing.ScanCode(2026, 40)}, routing.Scan{Name: "scan-a.jpg"}, routing.Scan{Name: "scan-b.jpg"},
		routing.Scan{Name: "den_12-2.jpg"})
	list := routing.Sort(scans)
	if len(list) != 37 {
		t.Fatalf("%d entries: %+v", len(list), list)
	}
	if got := list[11]; !reflect.DeepEqual(got, routing.Bundle{Number: 12, Items: []int{11, 39}}) {
		t.Errorf("%+v", got)
	}
	if got := list[36]; !reflect.DeepEqual(got, routing.Bundle{Number: 40, Year: 2026, Items: []int{36, 37, 38}}) {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]int{"12.pdf": 12, "0012 cong van.pdf": 12, "Den-7 (2).jpg": 7, "cv 12.pdf": 0, "12a.pdf": 0, "000.pdf": 0, "anh.png": 0, "20261125-1.pdf": 0} {
		if got := routing.Sort([]routing.Scan{{Name: name}})[0].Number; got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func FuzzSort(f *testing.F) {
	f.Add("12.pdf", "DEN2026-12", "x.jpg", "")
	f.Fuzz(func(t *testing.T, name, code, name2, code2 string) {
		seen := map[int]bool{}
		for _, b := range routing.Sort([]routing.Scan{{Name: name, Code: code}, {Name: name2, Code: code2}, {Name: name, Code: code2}}) {
			for _, i := range b.Items {
				if seen[i] {
					t.Fatalf("%d lies in two entries", i)
				}
				seen[i] = true
			}
		}
		if len(seen) != 3 {
			t.Fatalf("a scan is lost: %v", seen)
		}
	})
}
