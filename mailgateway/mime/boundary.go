package mime

import (
	"bytes"
	"strings"
)

// findBoundary decides by what a multipart is split. The declared boundary is
// taken if it comes; relays that rewrite headers make it another than the one
// in the body, and some programs leave it out, so a line that can only be a
// boundary (a field of a part follows it) is taken instead.
func (s *source) findBoundary(declared string) (boundary string, code Code) {
	if len(declared) > maxBoundary {
		declared = ""
	}
	window := s.peek(sourceBuffer)
	guess := ""
	for rest := window; len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, lf)
		line = bytes.TrimRight(line, " \t\r")
		if !bytes.HasPrefix(line, []byte("--")) {
			continue
		}
		name := string(line[2:])
		if declared != "" && (name == declared || name == declared+"--") {
			return declared, ""
		}
		if s.isOpen(name) {
			break // what follows is not ours
		}
		next, _, _ := bytes.Cut(rest, lf)
		if field, ok := fieldName(next); guess == "" && ok && plausible(name) &&
			strings.HasPrefix(strings.ToLower(field), "content-") {
			guess = name
		}
	}
	switch {
	case guess != "":
		return guess, BoundaryGuessed
	case declared != "" && len(window) >= sourceBuffer:
		return declared, "" // a preamble longer than the window
	}
	return "", BoundaryAbsent
}

func (s *source) isOpen(name string) bool {
	for _, b := range s.bounds {
		if name == b || name == b+"--" {
			return true
		}
	}
	return false
}

func plausible(boundary string) bool {
	return len(boundary) > 0 && len(boundary) <= 200 && !strings.ContainsAny(boundary, "\x00<>@")
}
