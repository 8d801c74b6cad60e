package config

import "net/url"

// signingProblems tells what is wrong with the settings of signing.
func (c Config) signingProblems() (wrong []error) {
	if c.StampPolicy != "required" && c.StampPolicy != "wished" {
		wrong = append(wrong, problem("CONGVAN_STAMP_POLICY phải là required hoặc wished", "CONGVAN_STAMP_POLICY must be required or wished"))
	}
	for _, s := range []struct{ name, value string }{
		{"CONGVAN_STAMP_URL", c.StampURL}, {"CONGVAN_REMOTE_SIGNING_URL", c.RemoteSigningURL}, {"CONGVAN_LOCAL_SIGNING_URL", c.LocalSigningURL},
	} {
		if u, err := url.Parse(s.value); s.value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			wrong = append(wrong, problem(s.name+" phải là một địa chỉ http hoặc https", s.name+" must be an http or https address"))
		}
	}
	return wrong
}
