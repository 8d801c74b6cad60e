// Package text decides what a file really is and what it says of itself: its
// type by its bytes, title, pages, whether it is encrypted, signed, damaged or
// carries macros. It is the one check that uploads, mails and inspection share.
// It reads a file where it lies, never whole into memory, changes nothing, and
// trusts nothing that the file claims about sizes.
package text

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/fault"
)

// The refusals. Their codes are part of the contract.
var (
	ErrEmpty = fault.New(fault.Invalid, "file_empty",
		"Tệp rỗng, không có nội dung.", "The file is empty.")
	ErrEncrypted = fault.New(fault.Unsupported, "file_encrypted",
		"Tệp bị mã hóa hoặc đặt mật khẩu. Hãy gỡ mật khẩu rồi gửi lại.", "The file is encrypted or has a password. Remove the password and send it again.")
	ErrDamaged = fault.New(fault.Unsupported, "file_damaged",
		"Tệp bị hỏng hoặc thiếu dữ liệu. Hãy mở lại tệp gốc, lưu lại rồi gửi.", "The file is damaged or cut off. Open the original, save it again and send that.")
	ErrWrongType = fault.New(fault.Unsupported, "file_type",
		"Nội dung tệp không đúng với loại tệp.", "The content of the file is not of the type that it claims.")
	ErrUnknownType = fault.New(fault.Unsupported, "file_type_unknown",
		"Loại tệp này không được hỗ trợ.", "Files of this type are not supported.")
)

// Kind is a type of file that is understood here.
type Kind string

// The kinds. Other is everything else.
const (
	KindPDF   Kind = "pdf"
	KindDOCX  Kind = "docx"
	KindMail  Kind = "mail"
	KindOther Kind = "other"
)

// Media types of what is understood.
const (
	TypePDF  = "application/pdf"
	TypeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeDOCM = "application/vnd.ms-word.document.macroenabled.12"
	typeOLE  = "application/x-ole-storage"
	typeMail = "message/rfc822"
)

// sniffBytes is what is looked at to tell a type.
const sniffBytes = 3072

// File is what a file says of itself.
type File struct {
	Kind      Kind
	MediaType string // by the bytes
	Size      int64
	PDF       *PDF  // of a PDF
	DOCX      *DOCX // of a Word document
}

// Read tells what a file is. The name serves only where bytes cannot decide:
// a mail and a Word document look like plain text and like any archive. With
// ErrEncrypted and ErrDamaged the file is as far known as it could be read.
func Read(r io.ReaderAt, size int64, name string) (File, error) {
	f := File{Kind: KindOther, Size: size}
	if size == 0 {
		return f, ErrEmpty
	}
	head := make([]byte, min(size, sniffBytes))
	if n, err := r.ReadAt(head, 0); err != nil && (!errors.Is(err, io.EOF) || n < len(head)) {
		return f, err
	}
	f.MediaType = Detect(head, name)
	var err error
	switch f.MediaType {
	case TypePDF:
		f.Kind = KindPDF
		f.PDF = &PDF{}
		*f.PDF, err = readPDF(r, size)
	case TypeDOCX, typeDOCM:
		f.Kind = KindDOCX
		f.DOCX = &DOCX{}
		*f.DOCX, err = readDOCX(r, size)
	case typeOLE, "application/msword":
		// Word keeps an encrypted DOCX inside the container of its old format.
		var encrypted bool
		if encrypted, err = isEncryptedPackage(r, size); err == nil && encrypted {
			f.Kind, f.MediaType, err = KindDOCX, TypeDOCX, ErrEncrypted
		}
	case typeMail:
		f.Kind = KindMail
	}
	return f, err
}

// Check reads a file and holds it to the extension of its name, so that
// nothing is taken for what it is not.
func Check(r io.ReaderAt, size int64, name string) (File, error) {
	f, err := Read(r, size, name)
	if err != nil {
		return f, err
	}
	claimed, known := map[string]Kind{".pdf": KindPDF, ".docx": KindDOCX, ".eml": KindMail}[strings.ToLower(path.Ext(name))]
	if known && claimed != f.Kind {
		return f, ErrWrongType
	}
	return f, nil
}

// Detect names the media type of the first bytes of a file.
func Detect(head []byte, name string) string {
	found, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	ext := strings.ToLower(path.Ext(name))
	unclear := strings.HasPrefix(found, "text/") || found == "application/octet-stream"
	switch at := headerOffset(head); {
	case at == 0:
		return TypePDF
	case ext == ".eml" && (unclear || at > 0): // a mail may hold a PDF as it is
		return typeMail
	case at > 0 && (found == "application/octet-stream" || ext == ".pdf"):
		return TypePDF
	case found == "application/zip" && ext == ".docx":
		return TypeDOCX
	}
	return found
}

// headerOffset finds "%PDF-"; readers take it anywhere in the first 1,024 bytes.
func headerOffset(head []byte) int {
	return bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-"))
}

const maxValue = 2000

// clean makes a value of metadata fit to be shown and stored: it was written
// by a stranger's program.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	if runes := []rune(s); len(runes) > maxValue {
		s = string(runes[:maxValue])
	}
	return s
}

// parseTime reads the times of metadata; what cannot be read is no time.
func parseTime(s string, layouts ...string) time.Time {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
