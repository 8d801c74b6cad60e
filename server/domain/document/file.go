package document

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"congvan/server/domain/fault"
)

// maxFileName is the length of an attachment's name on the wire (QCVN
// 102:2016, AttachmentName: 200), so that what is kept can be sent.
const maxFileName = 200

// CleanName makes a name that can be shown and stored anywhere: no path, no
// control or direction characters, no surrounding blanks, at most 200
// characters with the ending kept. Names reach us from browsers, mails and
// other systems, and all of them have sent worse.
func CleanName(name string) string {
	name = strings.ReplaceAll(name, "\\", "/")
	name = path.Base("/" + name)
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case strings.ContainsRune(`/:*?"<>|`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if over := utf8.RuneCountInString(name) - maxFileName; over > 0 {
		ending := path.Ext(name)
		if utf8.RuneCountInString(ending) > 10 {
			ending = ""
		}
		stem := []rune(strings.TrimSuffix(name, ending))
		name = strings.TrimSpace(string(stem[:len(stem)-over])) + ending
	}
	return name
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

// CheckFile refuses a file that a document cannot carry: an empty one, one
// whose bytes are not what its name says, and as the document itself anything
// that is not a text document.
func CheckFile(f File) error {
	if f.Size == 0 {
		return fault.InvalidField("files", "empty_file", "Tệp “"+f.Name+"” rỗng.", "The file “"+f.Name+"” is empty.")
	}
	if CleanName(f.Name) == "" {
		return fault.InvalidField("files", "name", "Tệp cần có tên.", "The file needs a name.")
	}
	ending := strings.ToLower(path.Ext(f.Name))
	promised, known := typeOfEnding[ending]
	if known && !contains(promised, f.MediaType) {
		return fault.InvalidField("files", "wrong_type",
			"Nội dung tệp “"+f.Name+"” không đúng với phần mở rộng "+ending+".",
			"The bytes of “"+f.Name+"” are not what its ending "+ending+" says.")
	}
	if f.Role == MainFile && !contains([]string{".pdf", ".docx", ".doc", ".odt"}, ending) {
		return fault.InvalidField("files", "main_type",
			"Văn bản chính phải là tệp PDF, DOCX, DOC hoặc ODT.", "The main file must be PDF, DOCX, DOC or ODT.")
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
