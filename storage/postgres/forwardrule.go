package postgres

import (
	"context"
	"errors"
	"fmt"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres/internal/dbsqlc"
)

// ForwardRules gives to whom the agency forwards what arrives, in its order,
// and the version of the list; a list that nobody has set is empty.
func (tx *Tx) ForwardRules(ctx context.Context, agency org.ID) ([]routing.ForwardRule, int, error) {
	version, err := tx.q.ForwardRulesVersion(ctx, agency)
	switch err := translate(err); {
	case errors.Is(err, fault.Missing()):
		return nil, 1, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read the version of the rules of forwarding: %w", err)
	}
	rows, err := tx.q.ListForwardRules(ctx, agency)
	if err != nil {
		return nil, 0, fmt.Errorf("list the rules of forwarding: %w", err)
	}
	rules := make([]routing.ForwardRule, len(rows))
	for i, r := range rows {
		rules[i] = routing.ForwardRule{ID: r.ID, Name: r.Name, Kind: r.Kind, Issuer: r.Issuer, Words: r.Words,
			Holder: routing.Holder{UnitID: value(r.UnitID), PositionID: value(r.PositionID)}, Asks: routing.Asks(r.Asks), Days: int(r.Days)}
	}
	return rules, int(version), nil
}

// SaveForwardRules replaces the list, unless somebody else did since version.
func (tx *Tx) SaveForwardRules(ctx context.Context, agency org.ID, version int, rules []routing.ForwardRule) error {
	if err := tx.renewForwardRules(ctx, agency, version); err != nil {
		return err
	}
	if err := tx.q.ClearForwardRules(ctx, agency); err != nil {
		return fmt.Errorf("clear the rules of forwarding: %w", err)
	}
	for i, r := range rules {
		if err := tx.q.InsertForwardRule(ctx, dbsqlc.InsertForwardRuleParams{AgencyID: agency, ID: r.ID, Ordinal: int32(i), Name: r.Name, Kind: r.Kind,
			Issuer: r.Issuer, Words: r.Words, UnitID: optional(r.UnitID), PositionID: optional(r.PositionID), Asks: string(r.Asks), Days: int32(r.Days)}); err != nil {
			return fmt.Errorf("add a rule of forwarding: %w", err)
		}
	}
	return nil
}

func (tx *Tx) renewForwardRules(ctx context.Context, agency org.ID, version int) error {
	if version == 1 {
		n, err := tx.q.InsertForwardRules(ctx, agency)
		if err != nil {
			return fmt.Errorf("begin the rules of forwarding: %w", err)
		}
		if n == 1 {
			return nil
		}
	}
	n, err := tx.q.RenewForwardRules(ctx, agency, int32(version))
	if err != nil {
		return fmt.Errorf("renew the rules of forwarding: %w", err)
	}
	return changed(n)
}
