package pdf

import (
	"bytes"
	"slices"
)

// Difference is one object that a later revision shows otherwise. Before is
// nil where an earlier revision named an object that was not there.
type Difference struct {
	Number        int
	Before, After any
}

// trailerKeys are those of a trailer that lead to objects or name the document.
var trailerKeys = [...]Name{"Root", "Info", "Encrypt"}

// Compare tells which objects of an earlier revision a later one of the same
// file shows otherwise. Objects that are only new make no difference: nothing
// that was there before can lead to them, unless it is named here too.
func Compare(before, after *File) ([]Difference, error) {
	if len(after.data) < len(before.data) || !bytes.Equal(before.data, after.data[:len(before.data)]) {
		return nil, damaged("not a later revision of the same file")
	}
	for _, key := range trailerKeys {
		if !Equal(before.Trailer[key], after.Trailer[key]) {
			return []Difference{{Number: 0, Before: before.Trailer[key], After: after.Trailer[key]}}, nil
		}
	}
	var found []Difference
	for number, e := range before.entries {
		if e.kind == 0 || before.same(after, number) {
			continue
		}
		d, changed, err := difference(before, after, number)
		if err != nil {
			return nil, err
		}
		if changed {
			found = append(found, d)
		}
	}
	awaited, err := before.appearing(after)
	if err != nil {
		return nil, err
	}
	for _, number := range awaited {
		d, changed, err := difference(before, after, number)
		if err != nil {
			return nil, err
		}
		if changed {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b Difference) int { return a.Number - b.Number })
	return found, nil
}

// same tells whether both revisions find the object in the same bytes.
func (f *File) same(after *File, number int) bool {
	e := f.entries[number]
	if after.entries[number] != e {
		return false
	}
	return e.kind != 2 || f.entries[e.container] == after.entries[e.container]
}

func difference(before, after *File, number int) (Difference, bool, error) {
	d := Difference{Number: number}
	var err error
	if d.Before, err = before.Object(number); err != nil {
		return d, false, err
	}
	if d.After, err = after.Object(number); err != nil {
		return d, false, err
	}
	sameGeneration := before.entries[number].generation == after.entries[number].generation
	return d, !sameGeneration || !Equal(d.Before, d.After), nil
}

// appearing gives the numbers that this revision names without having them, and
// that the later one has: what was prepared to be shown later.
func (f *File) appearing(after *File) ([]int, error) {
	fresh := false
	for number, e := range after.entries {
		if e.kind != 0 && f.entries[number].kind == 0 {
			fresh = true
			break
		}
	}
	if !fresh {
		return nil, nil
	}
	missing, err := f.missing()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(missing, func(number int) bool { return after.entries[number].kind == 0 }), nil
}

// missing walks over everything that the trailer leads to and gives the
// numbers that are named and not there.
func (f *File) missing() ([]int, error) {
	var missing []int
	err := f.Walk(func(number int, v any) bool {
		if v == nil && f.entries[number].kind == 0 {
			missing = append(missing, number)
		}
		return true
	})
	return missing, err
}

// Walk visits once every object that the trailer leads to, missing ones as
// nil, until visit says false.
func (f *File) Walk(visit func(number int, v any) bool) error {
	seen := map[int]bool{}
	stack := []any{f.Trailer}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch v := v.(type) {
		case Ref:
			if seen[v.Number] {
				continue
			}
			seen[v.Number] = true
			object, err := f.Object(v.Number)
			if err != nil {
				return err
			}
			if !visit(v.Number, object) {
				return nil
			}
			stack = append(stack, object)
		case Array:
			stack = append(stack, v...)
		case Dict:
			for _, inner := range v {
				stack = append(stack, inner)
			}
		case *Stream:
			for _, inner := range v.Dict {
				stack = append(stack, inner)
			}
		}
	}
	return nil
}

// Equal tells whether two objects are the same, references by what they name.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case Dict:
		b, ok := b.(Dict)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, v := range a {
			if other, has := b[key]; !has || !Equal(v, other) {
				return false
			}
		}
		return true
	case Array:
		b, ok := b.(Array)
		return ok && slices.EqualFunc(a, b, Equal)
	case String:
		b, ok := b.(String)
		return ok && bytes.Equal(a, b)
	case *Stream:
		b, ok := b.(*Stream)
		return ok && Equal(a.Dict, b.Dict) && bytes.Equal(a.Raw, b.Raw)
	case int64:
		if b, ok := b.(float64); ok {
			return float64(a) == b
		}
	}
	switch b.(type) { // kinds that cannot be compared by ==, which a is not
	case Dict, Array, String, *Stream:
		return false
	}
	return a == b
}

// References counts how often each object is named, by anything that the
// trailer leads to.
func (f *File) References() (map[int]int, error) {
	counts := map[int]int{}
	var count func(v any)
	count = func(v any) {
		switch v := v.(type) {
		case Ref:
			counts[v.Number]++
		case Array:
			for _, inner := range v {
				count(inner)
			}
		case Dict:
			for _, inner := range v {
				count(inner)
			}
		case *Stream:
			count(v.Dict)
		}
	}
	count(f.Trailer)
	err := f.Walk(func(_ int, v any) bool {
		count(v)
		return true
	})
	return counts, err
}
