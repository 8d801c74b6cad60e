package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting documents one setting.
type Setting struct {
	Name, Default, Doc string
	Secret             bool
}

// Settings lists every setting in order.
func Settings() []Setting {
	var list []Setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("env")
		if name == "" || name == "-" {
			continue
		}
		list = append(list, Setting{Name: name, Default: f.Tag.Get("envDefault"), Doc: f.Tag.Get("doc"), Secret: f.Type == reflect.TypeFor[Secret]()})
	}
	return list
}

// Describe writes the settings as the page docs/config.md.
func Describe() string {
	var b strings.Builder
	b.WriteString("# Settings\n\nThe server reads its settings once, from the environment or from a file of `NAME=value` lines that `CONGVAN_CONFIG` names;\nthe environment goes first. `congvan doctor` says what is wrong with them. Secrets (🔒) never appear in a log.\n\n")
	b.WriteString("| setting | default | meaning |\n|---|---|---|\n")
	for _, s := range Settings() {
		lock := ""
		if s.Secret {
			lock = " 🔒"
		}
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s |\n", s.Name, lock, value, s.Doc)
	}
	return b.String()
}
