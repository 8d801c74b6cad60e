package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Series are the measured values of one side.
type Series []float64

// at gives the value below which the share q of all values lies.
func (s Series) at(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// median gives the middle value.
func (s Series) median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// spread is how far the middle half of the values reaches, as a share of the median.
func (s Series) spread() float64 { return (s.at(0.75) - s.at(0.25)) / s.median() }

func (s Series) show(unit string) string {
	if len(s) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.4g %s ±%.0f%%", s.median(), unit, 50*s.spread())
}

// MarshalJSON writes what the table shows and the samples themselves.
func (s Series) MarshalJSON() ([]byte, error) {
	if len(s) == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(map[string]any{"median": s.median(), "low": s.at(0), "high": s.at(1), "samples": []float64(s)})
}

// Target is what a relation is held against.
type Target struct {
	AtLeast bool
	Bound   float64
}

func atLeast(bound float64) Target { return Target{AtLeast: true, Bound: bound} }
func atMost(bound float64) Target  { return Target{Bound: bound} }

// String shows the target in the table.
func (t Target) String() string {
	if t.AtLeast {
		return fmt.Sprintf("≥ %.3g", t.Bound)
	}
	return fmt.Sprintf("≤ %.3g", t.Bound)
}

// MarshalText writes the target as the table shows it.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

func (t Target) met(ratio float64) bool {
	if t.AtLeast {
		return ratio >= t.Bound
	}
	return ratio <= t.Bound
}

// Row is one line of the table.
type Row struct {
	Name     string  `json:"name"`
	Unit     string  `json:"unit"`
	Ours     Series  `json:"ours"`
	Baseline Series  `json:"baseline"`
	Ratio    float64 `json:"ratio"`
	Target   Target  `json:"target"`
	Verdict  string  `json:"verdict"`
	Note     string  `json:"note,omitempty"`
}

// compare makes the row of two series: the relation of their medians.
func compare(name, unit string, ours, baseline Series, target Target) Row {
	return judge(Row{Name: name, Unit: unit, Ours: ours, Baseline: baseline, Ratio: ours.median() / baseline.median(), Target: target})
}

func judge(r Row) Row {
	r.Verdict = "short"
	if r.Target.met(r.Ratio) {
		r.Verdict = "ok"
	}
	return r
}

// side measures one side once and gives the value.
type side func(ctx context.Context, round int) (float64, error)

// byTurns measures both sides in every round, each first by turns, so that what
// else goes on at the machine meets both. The first round is not counted.
func (b *bench) byTurns(ctx context.Context, name string, ours, baseline side) (o, base Series, err error) {
	for round := range b.rounds() + 1 {
		values := [2]float64{}
		for i := range 2 {
			which := (i + round) % 2
			if values[which], err = [2]side{ours, baseline}[which](ctx, round); err != nil {
				return o, base, err
			}
		}
		b.say("%s: round %d of %d: ours %.4g, baseline %.4g", name, round, b.rounds(), values[0], values[1])
		if round > 0 {
			o, base = append(o, values[0]), append(base, values[1])
		}
	}
	return o, base, nil
}
