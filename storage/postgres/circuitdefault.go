package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// DefaultCircuits gives the default circuits of the agencies.
func (tx *Tx) DefaultCircuits(ctx context.Context, agencies []org.ID) ([]document.DefaultCircuit, error) {
	rows, err := tx.q.ListCircuitDefaults(ctx, agencies)
	if err != nil {
		return nil, fmt.Errorf("list default circuits: %w", err)
	}
	steps, err := tx.q.ListCircuitDefaultSteps(ctx, agencies)
	if err != nil {
		return nil, fmt.Errorf("list default steps: %w", err)
	}
	list := make([]document.DefaultCircuit, len(rows))
	place := make(map[org.ID]int, len(rows))
	for i, r := range rows {
		list[i] = document.DefaultCircuit{ID: r.ID, AgencyID: r.AgencyID, Kind: r.Kind, Version: int(r.Version)}
		place[r.ID] = i
	}
	for _, s := range steps {
		d := &list[place[s.CircuitID]]
		d.Steps = append(d.Steps, document.DefaultStep{Kind: document.StepKind(s.Kind), Place: document.Place(s.Place), People: s.People,
			Quorum: int(s.Quorum), Days: int(s.Days)})
	}
	return list, nil
}

// AddDefaultCircuit stores a new default circuit.
func (tx *Tx) AddDefaultCircuit(ctx context.Context, d document.DefaultCircuit) error {
	if err := tx.q.InsertCircuitDefault(ctx, dbsqlc.InsertCircuitDefaultParams{AgencyID: d.AgencyID, ID: d.ID, Kind: d.Kind}); err != nil {
		return fmt.Errorf("add default circuit: %w", err)
	}
	return tx.addDefaultSteps(ctx, d)
}

// SaveDefaultCircuit stores its steps, unless somebody else changed it since.
func (tx *Tx) SaveDefaultCircuit(ctx context.Context, d document.DefaultCircuit) error {
	n, err := tx.q.UpdateCircuitDefault(ctx, dbsqlc.UpdateCircuitDefaultParams{AgencyID: d.AgencyID, ID: d.ID, Version: int32(d.Version)})
	if err != nil {
		return fmt.Errorf("save default circuit: %w", err)
	}
	if err := changed(n); err != nil {
		return err
	}
	if err := tx.q.DeleteCircuitDefaultSteps(ctx, d.AgencyID, d.ID); err != nil {
		return fmt.Errorf("remove default steps: %w", err)
	}
	return tx.addDefaultSteps(ctx, d)
}

func (tx *Tx) addDefaultSteps(ctx context.Context, d document.DefaultCircuit) error {
	for i, s := range d.Steps {
		if err := tx.q.InsertCircuitDefaultStep(ctx, dbsqlc.InsertCircuitDefaultStepParams{AgencyID: d.AgencyID, CircuitID: d.ID, Ordinal: int32(i),
			Kind: string(s.Kind), Place: string(s.Place), People: notNull(s.People), Quorum: int32(s.Quorum), Days: int32(s.Days)}); err != nil {
			return fmt.Errorf("add default step: %w", err)
		}
	}
	return nil
}

// RemoveDefaultCircuit removes it; documents on their way keep their steps.
func (tx *Tx) RemoveDefaultCircuit(ctx context.Context, d document.DefaultCircuit) error {
	if err := tx.q.DeleteCircuitDefaultSteps(ctx, d.AgencyID, d.ID); err != nil {
		return fmt.Errorf("remove default steps: %w", err)
	}
	n, err := tx.q.DeleteCircuitDefault(ctx, dbsqlc.DeleteCircuitDefaultParams{AgencyID: d.AgencyID, ID: d.ID, Version: int32(d.Version)})
	if err != nil {
		return fmt.Errorf("remove default circuit: %w", err)
	}
	return changed(n)
}
