package config_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"testing"

	"congvan/server/config"
)

// What deploy/ sets is read by nobody when its name is wrong.
func TestConfig_DeployNamesSettingsThatThereAre(t *testing.T) {
	t.Parallel()
	known := []string{"CONGVAN_CONFIG"}
	for _, s := range config.Settings() {
		known = append(known, s.Name)
	}
	name := regexp.MustCompile(`CONGVAN_[A-Z0-9_]+`)
	seen := 0
	deploy := os.DirFS("../../deploy")
	err := fs.WalkDir(deploy, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == "setup" { // which names the places of programs
			return err
		}
		text, err := fs.ReadFile(deploy, path)
		for _, found := range name.FindAllString(string(text), -1) {
			seen++
			if !slices.Contains(known, found) {
				t.Errorf("%s sets %s, which is no setting", path, found)
			}
		}
		return err
	})
	if err != nil || seen < 20 {
		t.Errorf("%d settings are named in deploy/ (%v)", seen, err)
	}
}
