package api

import (
	_ "embed"
	"fmt"
	"net/http"
	"regexp"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed openapi.yaml
var contractText []byte

// contract is openapi.yaml in the form that requests are checked with.
type contract struct {
	doc        *openapi3.T
	operations map[route]*operation
}

type route struct{ method, template string }

// operation is one operation of the contract.
type operation struct {
	id         string
	open       bool // also for who is not signed in
	stream     bool // the request's body is a file's bytes, of any size up to the limit
	parameters []*openapi3.Parameter
	declared   map[string]bool // names of query parameters
	body       *openapi3.Schema
}

// The contract never changes while the program runs.
var readContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(contractText)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	k := &contract{doc: doc, operations: map[route]*operation{}}
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			o, err := readOperation(item, spec)
			if err != nil {
				return nil, err
			}
			k.operations[route{method, ginPath(path)}] = o
		}
	}
	return k, nil
})

var placeholder = regexp.MustCompile(`\{([^}]+)\}`)

func ginPath(path string) string { return placeholder.ReplaceAllString(path, ":$1") }

func readOperation(item *openapi3.PathItem, spec *openapi3.Operation) (*operation, error) {
	o := &operation{id: spec.OperationID, open: spec.Security != nil && len(*spec.Security) == 0, declared: map[string]bool{}}
	for _, list := range []openapi3.Parameters{item.Parameters, spec.Parameters} {
		for _, ref := range list {
			o.parameters = append(o.parameters, ref.Value)
			if ref.Value.In == openapi3.ParameterInQuery {
				o.declared[ref.Value.Name] = true
			}
		}
	}
	if spec.RequestBody == nil {
		return o, nil
	}
	for media, content := range spec.RequestBody.Value.Content {
		switch media {
		case "application/json":
			o.body = content.Schema.Value
		case "application/octet-stream", "application/offset+octet-stream":
			o.stream = true
		default:
			return nil, fmt.Errorf("the contract gives %s a body of the unknown kind %s", o.id, media)
		}
	}
	return o, nil
}

// find gives the operation of a routed request; what is no operation of the
// contract (health, metrics, the web app) has none.
func (k *contract) find(r *http.Request, template string) *operation {
	return k.operations[route{r.Method, template}]
}
