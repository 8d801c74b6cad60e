package api

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
)

// pagePolicy is what a page of ours may do. No script runs that is not a file of
// ours; wasm is for the decoders of the PDF reader, styles for the components
// that set theirs on the element.
const pagePolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'%s; worker-src 'self' blob:; manifest-src 'self'; frame-src 'self' blob:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// policyWith lets pages also reach the signing program on the person's own PC.
func policyWith(program string) string {
	if u, err := url.Parse(program); err == nil && u.Host != "" {
		return fmt.Sprintf(pagePolicy, " "+u.Scheme+"://"+u.Host)
	}
	return fmt.Sprintf(pagePolicy, "")
}

// protect sets the headers that keep browsers from doing what nobody wants,
// and refuses state-changing requests that another site makes a browser send.
func (g *gate) protect(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", g.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	if g.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	if err := g.origin.Check(c.Request); err != nil {
		g.problem(c, http.StatusForbidden, errCrossOrigin)
		return
	}
	c.Next()
}
