package command

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	province "congvan/migrations/demo"
	"congvan/server/app/accounts"
	"congvan/server/domain/org"
)

// demoPassword is that of everybody in the demonstration.
const demoPassword = "travinh-2017" //nolint:gosec // printed at every start of the demo

// seed brings in the demo province; what is there already stays as it is.
func (in *installation) seed(ctx context.Context, say progress) error {
	say("Nạp tỉnh mẫu · bringing in the demo province")
	if err := in.seedFrom(ctx, "."); err != nil {
		return err
	}
	return in.seedCalendar(ctx)
}

// seedFrom brings in the lists of a folder.
func (in *installation) seedFrom(ctx context.Context, folder string) error {
	for _, of := range []string{"agencies", "units", "people", "positions", "groups", "group_members", "registers"} {
		file, err := province.Files().Open(path.Join(folder, of+".csv"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // not every folder has them all
		}
		if err != nil {
			return fmt.Errorf("open the demo's %s: %w", of, err)
		}
		result, err := in.accounts.Import(ctx, accounts.System(), accounts.Import{Of: of, Content: file, Password: func(string) string { return demoPassword }})
		if cerr := file.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return fmt.Errorf("bring in the demo's %s: %w", of, err)
		}
		if len(result.Problems) > 0 {
			p := result.Problems[0]
			return fmt.Errorf("the demo's %s, line %d, %s: %s", of, p.Line, p.Column, p.Text.EN)
		}
	}
	return nil
}

// demoProvince is the code of the agency whose calendar everybody goes by.
const demoProvince = "H59"

// seedCalendar brings in the holidays; a year that has any stays as it is.
func (in *installation) seedCalendar(ctx context.Context) error {
	years, err := holidays()
	if err != nil {
		return err
	}
	agency, err := in.demoAgency(ctx, demoProvince)
	if err != nil {
		return err
	}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		kept, err := in.accounts.Calendar(ctx, accounts.System(), agency, year)
		if err != nil {
			return err
		}
		if len(kept.Days) > 0 {
			continue
		}
		set := accounts.CalendarYear{Year: year, Weekend: kept.Weekend, Days: years[year], Version: kept.Version}
		if _, err := in.accounts.SetCalendar(ctx, accounts.System(), agency, set); err != nil {
			return err
		}
	}
	return nil
}

// holidays reads the special days of the demo by year.
func holidays() (map[int][]org.SpecialDay, error) {
	file, err := province.Files().Open("calendar.csv")
	if err != nil {
		return nil, fmt.Errorf("open the demo's calendar: %w", err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the demo's calendar: %w", err)
	}
	years := map[int][]org.SpecialDay{}
	for _, row := range rows[1:] {
		at, err := time.Parse("02/01/2006", row[0])
		if err != nil {
			return nil, fmt.Errorf("read the demo's calendar: %w", err)
		}
		day, err := org.NewDay(at.Date())
		if err != nil {
			return nil, err
		}
		years[at.Year()] = append(years[at.Year()], org.SpecialDay{Day: day, Working: row[1] == "có", Name: row[2]})
	}
	return years, nil
}

// demoAgency finds an agency of the demo by its code.
func (in *installation) demoAgency(ctx context.Context, code string) (org.ID, error) {
	found, _, err := in.accounts.Agencies(ctx, accounts.AgencySearch{Query: code, Limit: 1000})
	if err != nil {
		return org.ID{}, err
	}
	at := slices.IndexFunc(found, func(a accounts.Agency) bool { return a.Code == code })
	if at < 0 {
		return org.ID{}, fmt.Errorf("the demo province has no agency %s", code)
	}
	return found[at].ID, nil
}
