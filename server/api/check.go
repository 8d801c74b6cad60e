package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// maxBody bounds a JSON body: 5,000 recipients with long names fit.
const maxBody = 4 << 20

// maxOpenBody bounds that of who is not signed in: a name and a password.
const maxOpenBody = 16 << 10

// maxFields bounds how many fields one refusal names.
const maxFields = 20

// maxValues is up to how many values a body may have to be looked through for
// everything that is wrong with it. Each finding costs, so that of a larger one
// only the first is told.
const maxValues = 2000

// The library's own validator does all that the contract uses. The one that it
// takes for OpenAPI 3.1 by default compiles the schema anew for each request,
// which costs 2 to 4 ms. Checked by this one, a request costs 15 to 40 µs, and a
// draft with 100 recipients 1 ms, the decoding of it included (BenchmarkCheck).
var first = []openapi3.SchemaValidationOption{
	openapi3.VisitAsRequest(),
	openapi3.WithStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error {
		id, err := org.ParseID(s)
		if err == nil && id.IsZero() {
			return errors.New("no object has it")
		}
		return err
	})),
}

var visiting = append([]openapi3.SchemaValidationOption{openapi3.MultiErrors()}, first...)

// check refuses a request that is not as the contract says, and brings all its
// text into NFC: this is the one place where text enters by HTTP.
func (o *operation) check(c *gin.Context) error {
	if err := o.checkParameters(c); err != nil {
		return err
	}
	if o.body == nil {
		return nil
	}
	return o.checkBody(c)
}

func (o *operation) checkParameters(c *gin.Context) error {
	query, err := normalQuery(c.Request.URL)
	if err != nil {
		return err
	}
	var fields []fault.Field
	for name := range query {
		if !o.declared[name] {
			fields = append(fields, fieldProblem(name, "unknown", nil))
		}
	}
	for _, p := range o.parameters {
		values := valuesOf(c, query, p)
		if p.In == openapi3.ParameterInPath && (len(values) == 0 || checkValue(p, values) != nil) {
			return fault.Missing() // what is no identifier is nobody's
		}
		switch {
		case len(values) > 0:
			fields = append(fields, checkValue(p, values)...)
		case p.Required:
			fields = append(fields, fieldProblem(p.Name, "required", nil))
		}
	}
	return refusal(fields)
}

func valuesOf(c *gin.Context, query url.Values, p *openapi3.Parameter) []string {
	switch p.In {
	case openapi3.ParameterInPath:
		return []string{c.Param(p.Name)}
	case openapi3.ParameterInHeader:
		return c.Request.Header.Values(p.Name)
	}
	return query[p.Name]
}

// checkValue checks one parameter; text becomes what the schema says it is.
func checkValue(p *openapi3.Parameter, texts []string) []fault.Field {
	schema := p.Schema.Value
	if schema.Type.Is(openapi3.TypeArray) {
		list := make([]any, len(texts))
		for i, t := range texts {
			list[i] = typed(schema.Items.Value, t)
		}
		return fieldsOf(p.Name, schema.VisitJSON(list, visiting...))
	}
	if len(texts) > 1 {
		return []fault.Field{fieldProblem(p.Name, "repeated", nil)}
	}
	if strings.ContainsRune(texts[0], 0) || !utf8.ValidString(texts[0]) {
		return []fault.Field{fieldProblem(p.Name, "format", nil)}
	}
	return fieldsOf(p.Name, schema.VisitJSON(typed(schema, texts[0]), visiting...))
}

func typed(schema *openapi3.Schema, text string) any {
	switch {
	case schema.Type.Is(openapi3.TypeInteger):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case schema.Type.Is(openapi3.TypeBoolean):
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// checkBody reads a JSON body, checks it and leaves the checked value for the
// generated code to bind.
func (o *operation) checkBody(c *gin.Context) error {
	media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "application/json" {
		return errMediaType
	}
	most := int64(maxBody)
	if o.open {
		most = maxOpenBody
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, most))
	if err != nil {
		return readFault(err)
	}
	if !utf8.Valid(raw) {
		return errMalformed
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var body any
	if err := decoder.Decode(&body); err != nil {
		return errMalformed.Because(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errMalformed
	}
	body, clean := normal(body)
	if !clean {
		return errControl
	}
	if err := refusal(wrong(o.body, body)); err != nil {
		return err
	}
	c.Request.Body = checkedBody{http.NoBody, body}
	return nil
}

// checkedBody hands the checked value to the generated code, which would
// otherwise decode the bytes again by laxer rules. There are no bytes left.
type checkedBody struct {
	io.ReadCloser
	value any
}

func (b checkedBody) ValidatedValue() any { return b.value }

func readFault(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return errTooLarge
	}
	return errMalformed.Because(err)
}

func refusal(fields []fault.Field) error {
	if len(fields) == 0 {
		return nil
	}
	slices.SortFunc(fields, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return errInvalid.With(fields[:min(len(fields), maxFields)]...)
}

// wrong tells what of a body is not as the contract says: everything, or the
// first of a large one.
func wrong(schema *openapi3.Schema, body any) []fault.Field {
	err := schema.VisitJSON(body, first...)
	if err == nil {
		return nil
	}
	left := maxValues
	if countDown(body, &left); left > 0 {
		err = schema.VisitJSON(body, visiting...)
	}
	return fieldsOf("", err)
}

// countDown takes the number of values in a body off a number, no further than zero.
func countDown(value any, left *int) {
	if *left--; *left <= 0 {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		for _, one := range v {
			if *left > 0 {
				countDown(one, left)
			}
		}
	case []any:
		for _, one := range v {
			if *left > 0 {
				countDown(one, left)
			}
		}
	}
}

// fieldsOf turns what the validator says into fields with a sentence each. Its
// own texts are English and for programmers.
func fieldsOf(root string, err error) []fault.Field {
	var all openapi3.MultiError
	if errors.As(err, &all) {
		var fields []fault.Field
		named := map[string]bool{} // an object with unknown names is reported once for each of them
		for _, one := range all {
			for _, f := range fieldsOf(root, one) {
				if len(fields) < maxFields && !named[f.Name+" "+f.Code] {
					named[f.Name+" "+f.Code] = true
					fields = append(fields, f)
				}
			}
			if len(fields) >= maxFields {
				break
			}
		}
		return fields
	}
	var broken *openapi3.SchemaError
	if !errors.As(err, &broken) {
		if err != nil {
			return []fault.Field{fieldProblem(root, "format", nil)}
		}
		return nil
	}
	path := broken.JSONPointer()
	if root != "" {
		path = append([]string{root}, path...)
	}
	if broken.SchemaField != "properties" {
		return []fault.Field{fieldProblem(strings.Join(path, "."), broken.SchemaField, broken.Schema)}
	}
	var fields []fault.Field
	object, _ := broken.Value.(map[string]any)
	for name := range object {
		if len(fields) >= maxFields {
			break
		}
		if _, known := broken.Schema.Properties[name]; !known {
			fields = append(fields, fieldProblem(strings.Join(append(slices.Clip(path), name), "."), "unknown", nil))
		}
	}
	return fields
}

// fieldProblem puts a broken rule of the contract into a sentence.
func fieldProblem(name, rule string, s *openapi3.Schema) fault.Field {
	f := fault.Field{Name: name, Code: rule}
	switch rule {
	case "required":
		f.Text = fault.Text{VI: "Bắt buộc nhập.", EN: "Required."}
	case "unknown":
		f.Text = fault.Text{VI: "Không có mục này.", EN: "There is no such field."}
	case "repeated":
		f.Text = fault.Text{VI: "Chỉ được ghi một lần.", EN: "May be given only once."}
	case "enum":
		f.Text = fault.Text{VI: "Giá trị không có trong danh sách.", EN: "Not one of the possible values."}
	case "type", "nullable":
		f.Code = "type"
		f.Text = fault.Text{VI: "Giá trị không đúng kiểu.", EN: "A value of the wrong type."}
	case "minLength":
		f.Code = "too_short"
		f.Text = fault.Text{VI: fmt.Sprintf("Cần ít nhất %d ký tự.", s.MinLength), EN: fmt.Sprintf("At least %d characters.", s.MinLength)}
		if s.MinLength == 1 {
			f.Code, f.Text = "required", fault.Text{VI: "Bắt buộc nhập.", EN: "Required."}
		}
	case "maxLength":
		f.Code = "too_long"
		f.Text = fault.Text{VI: fmt.Sprintf("Không quá %d ký tự.", *s.MaxLength), EN: fmt.Sprintf("At most %d characters.", *s.MaxLength)}
	case "minimum":
		f.Code = "too_small"
		f.Text = fault.Text{VI: fmt.Sprintf("Không nhỏ hơn %.0f.", *s.Min), EN: fmt.Sprintf("At least %.0f.", *s.Min)}
	case "maximum":
		f.Code = "too_large"
		f.Text = fault.Text{VI: fmt.Sprintf("Không lớn hơn %.0f.", *s.Max), EN: fmt.Sprintf("At most %.0f.", *s.Max)}
	case "minItems":
		f.Code = "too_few"
		f.Text = fault.Text{VI: fmt.Sprintf("Cần ít nhất %d mục.", s.MinItems), EN: fmt.Sprintf("At least %d.", s.MinItems)}
	case "maxItems":
		f.Code = "too_many"
		f.Text = fault.Text{VI: fmt.Sprintf("Không quá %d mục.", *s.MaxItems), EN: fmt.Sprintf("At most %d.", *s.MaxItems)}
	default: // pattern, format and what else a value can break
		f.Code = "format"
		f.Text = fault.Text{VI: "Không đúng định dạng.", EN: "Not in the right form."}
	}
	return f
}
