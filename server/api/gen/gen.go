// Package gen holds what is generated from openapi.yaml: the types of the
// contract and the interface that the server implements. Nothing in it is
// written by hand; `make generate` makes it anew.
package gen
