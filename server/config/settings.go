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

// File writes the settings down as a file that CONGVAN_CONFIG can name, with
// the name of each secret and not its value.
func (c Config) File() string {
	var b strings.Builder
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("env")
		if name == "" || name == "-" {
			continue
		}
		switch value := v.Field(i).Interface().(type) {
		case Secret:
			fmt.Fprintf(&b, "# %s=\n", name)
		case []string:
			fmt.Fprintf(&b, "%s=%s\n", name, strings.Join(value, ","))
		default:
			fmt.Fprintf(&b, "%s=%v\n", name, value)
		}
	}
	return b.String()
}
