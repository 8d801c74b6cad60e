// Package bench measures the product against what it could be at best: each
// benchmark does the same work once with the product and once bare, by turns,
// in the same run and with the same durability, and holds the relation of the
// two against a target. It decides what is measured and how, and prints the
// table of docs/benchmarks.md. It must not change the product to look good:
// what is measured are the use cases as people reach them.
package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options say what to measure and where the results go.
type Options struct {
	Only     []string  // names of benchmarks; none: all
	Quick    bool      // smaller sizes and fewer rounds
	JSON     io.Writer // gets every sample; nil: nobody does
	Out      io.Writer // gets the table
	Progress io.Writer // is told what is being done; nil: nobody is
	Exe      string    // this binary: the object store and the server run from it
}

// benchmark is one of the things measured; it gives one row or several.
type benchmark struct {
	name    string
	measure func(ctx context.Context, b *bench) ([]Row, error)
}

// The order is from what is quick to what takes long.
var benchmarks = []benchmark{
	{"calendar", measureCalendar},
	{"edxml", measureEDXML},
	{"blob", measureBlob},
	{"api", measureAPI},
	{"memory", measureMemory},
	{"registers", measureRegisters},
	{"issue", measureIssue},
	{"clerks", measureClerks},
	{"pdf100", measurePDF},
	{"intake", measureIntake},
	{"mailbox", measureMailbox},
	{"signing", measureSigning},
	{"convert", measureConvert},
	{"record", measureRecord},
	{"lists", measureLists},
	{"work", measureWork},
	{"exchange", measureExchange},
	{"polling", measurePolling},
	{"backlog", measureBacklog},
	{"sustained", measureSustained},
}

// bench is one run.
type bench struct {
	Options
	*place
}

// rounds gives how often each side is measured, not counting the first round,
// which only warms up.
func (b *bench) rounds() int { return b.sized(7, 3) }

// sized chooses between the full size and the quick one.
func (b *bench) sized(full, quick int) int {
	if b.Quick {
		return quick
	}
	return full
}

func (b *bench) say(format string, values ...any) {
	if b.Progress != nil {
		_, _ = fmt.Fprintf(b.Progress, format+"\n", values...)
	}
}

// Names gives the names of all benchmarks.
func Names() []string {
	names := make([]string, len(benchmarks))
	for i, m := range benchmarks {
		names[i] = m.name
	}
	return names
}

// Run measures and prints. A benchmark that falls short is no error; one that
// cannot be measured is, after the others were.
func Run(ctx context.Context, opt Options) error {
	for _, name := range opt.Only {
		if !slices.Contains(Names(), name) {
			return fmt.Errorf("there is no benchmark %q; there are %s", name, strings.Join(Names(), ", "))
		}
	}
	place, err := newPlace(opt.Exe)
	if err != nil {
		return err
	}
	defer place.close(ctx)
	b := &bench{Options: opt, place: place}
	report := newReport(opt.Quick)
	printHead(opt.Out)
	var failed []error
	for _, m := range benchmarks {
		if len(opt.Only) > 0 && !slices.Contains(opt.Only, m.name) {
			continue
		}
		b.say("%s: measuring", m.name)
		rows, err := m.measure(ctx, b)
		for _, r := range rows {
			printRow(opt.Out, r)
		}
		report.Rows = append(report.Rows, rows...)
		if err != nil {
			failed = append(failed, fmt.Errorf("benchmark %s: %w", m.name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	if opt.JSON != nil {
		encoder := json.NewEncoder(opt.JSON)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(report); err != nil {
			failed = append(failed, fmt.Errorf("write samples: %w", err))
		}
	}
	return errors.Join(failed...)
}

// report is what the JSON holds.
type report struct {
	At        time.Time `json:"at"`
	Quick     bool      `json:"quick"`
	GoVersion string    `json:"goVersion"`
	CPUs      int       `json:"cpus"`
	Host      string    `json:"host"`
	Rows      []Row     `json:"rows"`
}

func newReport(quick bool) *report {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &report{At: time.Now(), Quick: quick, GoVersion: runtime.Version(), CPUs: runtime.NumCPU(), Host: host}
}

const rowFormat = "%-26s %16s %16s %8s  %-8s %-5s %s\n"

func printHead(out io.Writer) {
	_, _ = fmt.Fprintf(out, rowFormat, "name", "ours", "baseline", "ratio", "target", "", "")
}

func printRow(out io.Writer, r Row) {
	_, _ = fmt.Fprintf(out, rowFormat, r.Name, r.Ours.show(r.Unit), r.Baseline.show(r.Unit), fmt.Sprintf("%.3g", r.Ratio), r.Target.String(), r.Verdict, r.Note)
}
