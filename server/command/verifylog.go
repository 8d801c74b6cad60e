package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"congvan/server/app/evidence"
	"congvan/server/config"
	"congvan/server/domain/fault"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

// recordKey is the purpose of the key that signs checkpoints.
const recordKey = "record"

func newEvidence(cfg config.Config, store *postgres.Store) (*evidence.Service, error) {
	key, err := cfg.Key()
	if err != nil {
		return nil, err
	}
	signing, err := secret.SigningKey(key, recordKey)
	if err != nil {
		return nil, err
	}
	return evidence.New(store, signing, time.Now), nil
}

// openEvidence wires the chains of events and shows when they fall behind.
func (in *installation) openEvidence() error {
	var err error
	if in.evidence, err = newEvidence(in.cfg, in.store); err != nil {
		return err
	}
	gauge := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "congvan_events_unchained",
		Help: "Events that wait for their chain longer than a minute (at most 100 are counted)."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), countPatience)
		defer cancel()
		late, err := in.evidence.Late(ctx)
		if err != nil {
			return math.NaN() // not zero, which would end an alarm
		}
		return float64(len(late))
	})
	if err := in.metrics.Register(gauge); err != nil {
		return fmt.Errorf("register metrics of the record: %w", err)
	}
	return nil
}

func newVerifyLog() *cobra.Command {
	language := "vi"
	c := &cobra.Command{Use: "log", Short: "Read the record of events through and name every line that was changed, removed or inserted", Args: cobra.NoArgs,
		Long: "Read the record of events through and name every line that was changed, removed or inserted.\n" +
			"Needs the settings of the installation. Ends with 1 when something is wrong.",
		RunE: func(c *cobra.Command, _ []string) error { return verifyLog(c.Context(), language, c.OutOrStdout()) }}
	c.Flags().StringVar(&language, "lang", language, "vi or en")
	return c
}

func verifyLog(ctx context.Context, language string, out io.Writer) error {
	if language != "vi" && language != "en" {
		return fmt.Errorf("verify: there is no language %q, only vi and en", language)
	}
	cfg, err := config.Read(os.Environ())
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if cfg.DatabaseURL == "" {
		if cfg, err = runningDemo(cfg); err != nil {
			return fmt.Errorf("verify: no database is configured, and no demo is running: %w", err)
		}
	}
	store, err := postgres.Open(ctx, cfg.DatabaseURL.Reveal(), 2)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer store.Close()
	record, err := newEvidence(cfg, store)
	if err != nil {
		return err
	}
	return tellLog(ctx, record, language, out)
}

// tellLog writes a line for each agency and one for everything that is wrong.
func tellLog(ctx context.Context, record *evidence.Service, language string, out io.Writer) error {
	in := func(t fault.Text) string {
		if language == "en" {
			return t.EN
		}
		return t.VI
	}
	say := func(vi, en string, values ...any) error {
		_, err := fmt.Fprintf(out, in(fault.Text{VI: vi, EN: en})+"\n", values...)
		return err
	}
	var agencies, wrong int
	var lines int64
	err := record.Examine(ctx, func(x evidence.Examined) error {
		agencies, lines, wrong = agencies+1, lines+x.Lines, wrong+len(x.Findings)
		err := say("%s: %d dòng, %d mốc đã ký, %d sai lệch", "%s: %d lines, %d signed checkpoints, %d wrong",
			x.Agency.Name, x.Lines, x.Checkpoints, len(x.Findings))
		for _, f := range x.Findings {
			err = errors.Join(err, say("  dòng %d, sự kiện %s: %s", "  line %d, event %s: %s", f.Seq, f.EventID, in(f.Wrong.Text())))
		}
		return err
	})
	if err != nil {
		return err
	}
	late, err := record.Late(ctx)
	if err != nil {
		return err
	}
	for _, f := range late {
		if err := say("  sự kiện %s: %s", "  event %s: %s", f.EventID, in(f.Wrong.Text())); err != nil {
			return err
		}
	}
	if wrong += len(late); wrong > 0 {
		return errors.Join(say("%d điều sai lệch trong %d dòng của %d cơ quan.", "%d things wrong in %d lines of %d agencies.", wrong, lines, agencies), errSaid)
	}
	return say("Nguyên vẹn: %d dòng của %d cơ quan.", "Whole: %d lines of %d agencies.", lines, agencies)
}
