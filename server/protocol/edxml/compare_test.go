package edxml_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"congvan/server/protocol/edxml"
)

// diff says in which field two packages differ, and nothing if in none.
func diff(want, got edxml.Package) string {
	return differ("", reflect.ValueOf(want), reflect.ValueOf(got))
}

func differ(path string, want, got reflect.Value) string {
	if reflect.DeepEqual(want.Interface(), got.Interface()) {
		return ""
	}
	switch want.Kind() {
	case reflect.Pointer:
		if !want.IsNil() && !got.IsNil() {
			return differ(path, want.Elem(), got.Elem())
		}
	case reflect.Struct:
		for i := range want.NumField() {
			if field := want.Type().Field(i); field.IsExported() {
				if d := differ(path+"."+field.Name, want.Field(i), got.Field(i)); d != "" {
					return d
				}
			}
		}
	case reflect.Slice:
		for i := range min(want.Len(), got.Len()) {
			if d := differ(fmt.Sprintf("%s[%d]", path, i), want.Index(i), got.Index(i)); d != "" {
				return d
			}
		}
	default:
	}
	return fmt.Sprintf("%s is %#v, was %#v", path, got.Interface(), want.Interface())
}

// zipOf makes an archive of names and contents.
func zipOf(namesAndContents ...string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(namesAndContents); i += 2 {
		w, err := z.Create(namesAndContents[i])
		if err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(namesAndContents[i+1])); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// storedFolder puts an entry for a folder before the first of an archive.
func storedFolder(t testing.TB, archive []byte) []byte {
	t.Helper()
	header := make([]byte, 30)
	copy(header, "PK\x03\x04\x14\x00")
	header[26] = byte(len("thu-muc/"))
	return slices.Concat(header, []byte("thu-muc/"), archive)
}

func encodedUTF16(t testing.TB, text string) string {
	t.Helper()
	return encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.Replace(text, "UTF-8", "UTF-16", 1))
}

func insideTheEnvelope(t testing.TB, b string) string {
	t.Helper()
	list := b[strings.Index(b, "<AttachmentEncoded>") : strings.Index(b, "</AttachmentEncoded>")+len("</AttachmentEncoded>")]
	return build(t, b, list, "", "</edXML:edXMLEnvelope>", list+"</edXML:edXMLEnvelope>")
}
