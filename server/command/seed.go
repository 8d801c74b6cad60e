package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	province "congvan/migrations/demo"
	"congvan/server/app/accounts"
)

// demoPassword is that of everybody in the demonstration.
const demoPassword = "travinh-2017" //nolint:gosec // printed at every start of the demo

// seed brings in the demo province; what is there already stays as it is.
func (in *installation) seed(ctx context.Context, say progress) error {
	say("Nạp tỉnh mẫu · bringing in the demo province")
	return in.seedFrom(ctx, ".")
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
