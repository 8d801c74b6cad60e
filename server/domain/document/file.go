package document

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"congvan/server/domain/fault"
)

// maxFileName is the length of an attachment's name on the wire (QCVN
// 102:2016, AttachmentName: 200), so that what is kept can be sent.
const maxFileName = 200

// maxEnding is the longest ending, with its dot, that is kept when a name is cut.
const maxEnding = 10

// CleanLine makes one line that can be shown anywhere: no control, direction or
// unassigned characters, no surrounding blanks.
func CleanLine(line string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r):
			return -1
		}
		return r
	}, line), " ")
}

// CleanName makes a file name that can be shown and stored anywhere: no path,
// no control or direction characters, no surrounding blanks or dots, no name of
// a device, at most 200 characters with the ending kept; empty when nothing is
// left. Names reach us from browsers, mails and other systems, and all of them
// have sent worse.
func CleanName(name string) string {
	name = strings.TrimRight(strings.ReplaceAll(name, `\`, "/"), "/")
	name = CleanLine(name[strings.LastIndexByte(name, '/')+1:])
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	name = shorten(strings.Trim(name, " ."))
	if isDevice(name) {
		name = shorten("_" + name)
	}
	return name
}

// shorten cuts the stem, so that people still see what kind of file it is.
func shorten(name string) string {
	over := utf8.RuneCountInString(name) - maxFileName
	if over <= 0 {
		return name
	}
	ending := path.Ext(name)
	if utf8.RuneCountInString(ending) > maxEnding {
		ending = ""
	}
	stem := []rune(strings.TrimSuffix(name, ending))
	return strings.TrimRight(string(stem[:len(stem)-over]), " .") + ending
}

// isDevice tells whether Windows would open the name as something else than a
// file; what follows the first dot makes no difference to it.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$":
		return true
	}
	port, numbered := strings.CutPrefix(stem, "COM")
	if !numbered {
		port, numbered = strings.CutPrefix(stem, "LPT")
	}
	return numbered && utf8.RuneCountInString(port) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}

// PDF and the forms a draft may have.
const (
	TypePDF  = "application/pdf"
	TypeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// types that a name's ending promises; the bytes must keep it.
var typeOfEnding = map[string][]string{
	".pdf":  {TypePDF},
	".docx": {TypeDOCX},
	".doc":  {"application/msword", "application/x-ole-storage"},
	".odt":  {"application/vnd.oasis.opendocument.text"},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
}

// mainEndings are what the document itself may be.
var mainEndings = []string{".pdf", ".docx", ".doc", ".odt"}

// CheckFile refuses a file that a document cannot carry: an empty one, one
// whose bytes are not what its name says, and as the document itself anything
// that is not a text document.
func CheckFile(f File) error {
	if f.Size <= 0 {
		return fault.InvalidField("files", "empty_file", "Tệp “"+f.Name+"” rỗng.", "The file “"+f.Name+"” is empty.")
	}
	if CleanName(f.Name) == "" {
		return fault.InvalidField("files", "name", "Tệp cần có tên.", "The file needs a name.")
	}
	ending := strings.ToLower(path.Ext(f.Name))
	promised, known := typeOfEnding[ending]
	if known && !slices.Contains(promised, f.MediaType) {
		return fault.InvalidField("files", "wrong_type",
			"Nội dung tệp “"+f.Name+"” không đúng với phần mở rộng "+ending+".",
			"The bytes of “"+f.Name+"” are not what its ending "+ending+" says.")
	}
	if f.Role == MainFile && !slices.Contains(mainEndings, ending) {
		return fault.InvalidField("files", "main_type",
			"Văn bản chính phải là tệp PDF, DOCX, DOC hoặc ODT.", "The main file must be PDF, DOCX, DOC or ODT.")
	}
	return nil
}
