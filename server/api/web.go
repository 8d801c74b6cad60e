package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"

	"congvan/server/domain/fault"
)

const indexName = "index.html"

var errNotHere = fault.Missing()

// web serves the built web app from memory.
type web struct {
	files map[string]*webFile
}

// webFile is one file of the app, compressed when it is first asked for.
type webFile struct {
	mediaType string
	etag      string
	immutable bool
	plain     []byte
	small     func() map[string][]byte // by content coding
}

func newWeb(files fs.FS) (*web, error) {
	w := &web{files: map[string]*webFile{}}
	if files == nil {
		return w, nil
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		w.files[name] = newWebFile(name, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the web app: %w", err)
	}
	return w, nil
}

func newWebFile(name string, data []byte) *webFile {
	sum := sha256.Sum256(data)
	f := &webFile{mediaType: mediaTypeOf(name), etag: `"` + hex.EncodeToString(sum[:16]) + `"`, plain: data,
		immutable: strings.HasPrefix(name, "assets/")} // the build puts a hash into their names
	f.small = sync.OnceValue(func() map[string][]byte { return compress(f.mediaType, data) })
	return f
}

func mediaTypeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".webmanifest":
		return "application/manifest+json"
	case ".mjs", ".js":
		return "text/javascript; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// compress gives the codings that are worth it.
func compress(mediaType string, data []byte) map[string][]byte {
	const least = 1024
	kind, _, _ := strings.Cut(mediaType, ";")
	switch {
	case len(data) < least:
		return nil
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "json"), strings.HasSuffix(kind, "xml"), kind == "application/wasm":
	default:
		return nil
	}
	var br, gz bytes.Buffer
	b := brotli.NewWriterLevel(&br, 7)
	z, err1 := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	_, err2 := b.Write(data)
	_, err3 := z.Write(data)
	if errors.Join(err1, err2, err3, b.Close(), z.Close()) != nil {
		return nil // a buffer takes everything: this cannot happen
	}
	return map[string][]byte{"br": br.Bytes(), "gzip": gz.Bytes()}
}

// fallback answers what no route does: files of the web app, its index for the
// addresses of its screens, and a problem for everything else.
func (g *gate) fallback(w *web) gin.HandlerFunc {
	return func(c *gin.Context) {
		name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
		reading := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
		switch {
		case !reading, name == "api", strings.HasPrefix(name, "api/"):
			g.problem(c, http.StatusNotFound, errNotHere)
		case w.files[name] != nil:
			w.files[name].serve(c)
		case path.Ext(name) != "" || w.files[indexName] == nil:
			g.problem(c, http.StatusNotFound, errNotHere)
		default:
			w.files[indexName].serve(c)
		}
	}
}

func (f *webFile) serve(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "no-cache")
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", f.etag)
	body := f.plain
	if small := f.small(); small != nil {
		h.Set("Vary", "Accept-Encoding")
		for _, coding := range []string{"br", "gzip"} {
			if accepts(c.GetHeader("Accept-Encoding"), coding) {
				h.Set("Content-Encoding", coding)
				h.Set("ETag", strings.TrimSuffix(f.etag, `"`)+"-"+coding+`"`)
				body = small[coding]
				break
			}
		}
	}
	c.Status(http.StatusOK)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}

// accepts tells whether the client takes a coding.
func accepts(header, coding string) bool {
	for offer := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			return strings.ReplaceAll(params, " ", "") != "q=0"
		}
	}
	return false
}
