package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"congvan/server/domain/fault"
)

func newDoctor() *cobra.Command {
	var tongue string
	var asJSON bool
	c := &cobra.Command{Use: "doctor", Short: "Check settings, database, schema, bucket, mailboxes, disk and clock, and say what to do", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			chosen, err := tongueOf(tongue, os.Environ())
			if err != nil {
				return err
			}
			d := &doctor{environ: os.Environ(), clock: time.Now}
			d.examine(c.Context())
			if asJSON {
				err = writeFindings(c.OutOrStdout(), d.findings, chosen)
			} else {
				err = printFindings(c.OutOrStdout(), d.findings, chosen)
			}
			if err == nil && worst(d.findings) == stateWrong {
				return errSaid
			}
			return err
		}}
	c.Flags().StringVar(&tongue, "lang", "", "vi or en (default: that of LANG, else vi)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, for programs")
	return c
}

// tongueOf chooses the language: what was asked for, then that of the
// environment in the order that programs read it, then Vietnamese.
func tongueOf(asked string, environ []string) (string, error) {
	switch asked {
	case "vi", "en":
		return asked, nil
	case "":
	default:
		return "", fmt.Errorf("--lang must be vi or en, not %q", asked)
	}
	vars := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		vars[name] = value
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := vars[name]; value != "" {
			if value == "en" || strings.HasPrefix(value, "en_") {
				return "en", nil
			}
			return "vi", nil
		}
	}
	return "vi", nil
}

// findingState is how bad a finding is. The words are a contract: programs read them.
type findingState string

const (
	stateOK      findingState = "ok"
	stateWarning findingState = "warning"
	stateWrong   findingState = "wrong"
)

// finding is what one check came to.
type finding struct {
	check  string // stable, for programs
	name   fault.Text
	state  findingState
	found  fault.Text
	advice fault.Text // none when all is well
}

func worst(findings []finding) findingState {
	state := stateOK
	for _, f := range findings {
		if f.state == stateWrong || f.state == stateWarning && state == stateOK {
			state = f.state
		}
	}
	return state
}

// both gives one sentence in both languages, with the same values in each.
func both(vi, en string, values ...any) fault.Text {
	return fault.Text{VI: fmt.Sprintf(vi, values...), EN: fmt.Sprintf(en, values...)}
}

func said(tongue string, t fault.Text) string {
	if tongue == "en" {
		return t.EN
	}
	return t.VI
}

var (
	stateWords = map[findingState]fault.Text{stateOK: {VI: "tốt", EN: "ok"}, stateWarning: {VI: "lưu ý", EN: "warning"}, stateWrong: {VI: "lỗi", EN: "wrong"}}
	lastWords  = map[findingState]fault.Text{
		stateOK:      {VI: "Mọi thứ đều tốt.", EN: "All is well."},
		stateWarning: {VI: "Hoạt động được, nhưng có điều cần lưu ý.", EN: "It works, but something deserves attention."},
		stateWrong:   {VI: "Có lỗi phải sửa.", EN: "Something has to be put right."},
	}
)

// printFindings writes one line for each check.
func printFindings(out io.Writer, findings []finding, tongue string) error {
	var b strings.Builder
	states, names := 0, 0
	for _, f := range findings {
		states, names = max(states, width(said(tongue, stateWords[f.state]))), max(names, width(said(tongue, f.name)))
	}
	for _, f := range findings {
		fmt.Fprintf(&b, "%s  %s  %s", padded(said(tongue, stateWords[f.state]), states), padded(said(tongue, f.name), names), oneLine(said(tongue, f.found)))
		if advice := said(tongue, f.advice); advice != "" {
			b.WriteString(" → " + oneLine(advice))
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n" + said(tongue, lastWords[worst(findings)]) + said(tongue, otherTongue) + "\n")
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("print what was found: %w", err)
	}
	return nil
}

// padded makes columns of characters; fmt counts bytes of some words and not of others.
func padded(word string, to int) string {
	return word + strings.Repeat(" ", max(0, to-width(word)))
}

func width(word string) int { return len([]rune(word)) }

// otherTongue tells who reads the other language how to be told in it.
var otherTongue = fault.Text{VI: "  (in English: congvan doctor --lang en)", EN: "  (bằng tiếng Việt: congvan doctor --lang vi)"}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// writeFindings writes what `congvan doctor --json` prints. The names are a
// contract: scripts read them.
func writeFindings(out io.Writer, findings []finding, tongue string) error {
	type row struct {
		Check  string       `json:"check"`
		State  findingState `json:"state"`
		Found  string       `json:"found"`
		Advice string       `json:"advice,omitempty"`
	}
	all := struct {
		State  findingState `json:"state"`
		Checks []row        `json:"checks"`
	}{State: worst(findings)}
	for _, f := range findings {
		all.Checks = append(all.Checks, row{f.check, f.state, oneLine(said(tongue, f.found)), oneLine(said(tongue, f.advice))})
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(all); err != nil {
		return fmt.Errorf("print what was found: %w", err)
	}
	return nil
}

// patience is how long one check may take.
const patience = 10 * time.Second

func within(ctx context.Context, check func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	check(ctx)
}
