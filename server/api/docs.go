package api

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsText string

// docs shows the contract as a page.
func (g *gate) docs(c *gin.Context) {
	page, err := docsPage()
	if err != nil {
		g.refuse(c, err)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/html; charset=utf-8", page)
}

// The page depends on the contract alone.
var docsPage = sync.OnceValues(func() ([]byte, error) {
	known, err := readContract()
	if err != nil {
		return nil, err
	}
	t, err := template.New("docs").Funcs(template.FuncMap{"markdown": markdown, "inline": oneLine}).Parse(docsText)
	if err != nil {
		return nil, fmt.Errorf("read the page of the contract: %w", err)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, describe(known.doc)); err != nil {
		return nil, fmt.Errorf("write the page of the contract: %w", err)
	}
	return page.Bytes(), nil
})

// The page's own view of the contract: texts only.
type docView struct {
	Title, Version, Description string
	Tags                        []tagView
	Schemas                     []schemaView
}

type tagView struct {
	Name, Description string
	Operations        []operationView
}

type operationView struct {
	ID, Method, Path, Summary, Description string
	Open                                   bool
	Parameters                             []fieldView
	Body                                   typeView
	Answers                                []answerView
}

type answerView struct {
	Status, Description string
	Body                typeView
}

type schemaView struct {
	Name, Description string
	Words             []string
	Fields            []fieldView
}

type fieldView struct {
	Name, In, Description, Bounds string
	Type                          typeView
	Required                      bool
}

// typeView is a type in words; Link names a schema of the page.
type typeView struct{ Text, Link string }

func describe(doc *openapi3.T) docView {
	v := docView{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description}
	for _, tag := range doc.Tags {
		t := tagView{Name: tag.Name, Description: tag.Description}
		for _, path := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(path)
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				if o := item.Operations()[method]; o != nil && slices.Contains(o.Tags, tag.Name) {
					t.Operations = append(t.Operations, describeOperation(method, path, item, o))
				}
			}
		}
		slices.SortStableFunc(t.Operations, func(a, b operationView) int { return strings.Compare(a.Path, b.Path) })
		v.Tags = append(v.Tags, t)
	}
	for name, ref := range doc.Components.Schemas {
		v.Schemas = append(v.Schemas, describeSchema(name, ref.Value))
	}
	slices.SortFunc(v.Schemas, func(a, b schemaView) int { return strings.Compare(a.Name, b.Name) })
	return v
}

func describeOperation(method, path string, item *openapi3.PathItem, o *openapi3.Operation) operationView {
	v := operationView{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Description: o.Description,
		Open: o.Security != nil && len(*o.Security) == 0}
	for _, list := range []openapi3.Parameters{item.Parameters, o.Parameters} {
		for _, ref := range list {
			p := ref.Value
			v.Parameters = append(v.Parameters, fieldView{Name: p.Name, In: p.In, Description: p.Description, Required: p.Required,
				Type: typeOf(p.Schema), Bounds: boundsOf(p.Schema.Value)})
		}
	}
	if o.RequestBody != nil {
		v.Body = contentOf(o.RequestBody.Value.Content)
	}
	for status, ref := range o.Responses.Map() {
		description := ""
		if ref.Value.Description != nil {
			description = *ref.Value.Description
		}
		v.Answers = append(v.Answers, answerView{Status: status, Description: description, Body: contentOf(ref.Value.Content)})
	}
	slices.SortFunc(v.Answers, func(a, b answerView) int { return strings.Compare(a.Status, b.Status) })
	return v
}

func contentOf(content openapi3.Content) typeView {
	for media, c := range content {
		if strings.HasSuffix(media, "json") {
			return typeOf(c.Schema)
		}
		return typeView{Text: media}
	}
	return typeView{}
}

func describeSchema(name string, s *openapi3.Schema) schemaView {
	v := schemaView{Name: name, Description: s.Description}
	for _, word := range s.Enum {
		v.Words = append(v.Words, fmt.Sprint(word))
	}
	for field, ref := range s.Properties {
		v.Fields = append(v.Fields, fieldView{Name: field, Description: ref.Value.Description, Required: slices.Contains(s.Required, field),
			Type: typeOf(ref), Bounds: boundsOf(ref.Value)})
	}
	slices.SortFunc(v.Fields, func(a, b fieldView) int { return strings.Compare(a.Name, b.Name) })
	return v
}

func typeOf(ref *openapi3.SchemaRef) typeView {
	if ref == nil {
		return typeView{}
	}
	if name, ours := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ours {
		return typeView{Text: name, Link: name}
	}
	s := ref.Value
	switch {
	case s.Type.Is(openapi3.TypeArray):
		item := typeOf(s.Items)
		return typeView{Text: "list of " + item.Text, Link: item.Link}
	case s.Format != "":
		return typeView{Text: s.Format}
	case s.Type != nil:
		return typeView{Text: strings.Join(s.Type.Slice(), " or ")}
	}
	return typeView{Text: "any"}
}

func boundsOf(s *openapi3.Schema) string {
	var words []string
	say := func(format string, v any) { words = append(words, fmt.Sprintf(format, v)) }
	for _, word := range s.Enum {
		say("%v", word)
	}
	if s.MinLength > 0 {
		say("at least %d characters", s.MinLength)
	}
	if s.MaxLength != nil {
		say("at most %d characters", *s.MaxLength)
	}
	if s.Min != nil {
		say("from %v", *s.Min)
	}
	if s.Max != nil {
		say("to %v", *s.Max)
	}
	if s.MaxItems != nil {
		say("at most %d", *s.MaxItems)
	}
	if s.Pattern != "" {
		say("%s", s.Pattern)
	}
	if s.Default != nil {
		say("default %v", s.Default)
	}
	return strings.Join(words, ", ")
}
