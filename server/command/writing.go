package command

import (
	"context"
	"io"

	"congvan/server/app/outgoing"
	"congvan/server/provider/convert"
	"congvan/server/provider/signature/paper"
	"congvan/server/provider/template"
	"congvan/server/provider/text"
)

// writingTools wires the programs that texts are written and read with.
func writingTools(oneSender bool) outgoing.Tools {
	converter := convert.New()
	return outgoing.Tools{Builtin: template.Builtin, Check: template.Check, Fill: template.Fill,
		PDF: func(ctx context.Context, source io.ReadSeeker, size int64) (io.ReadCloser, error) {
			return converter.PDF(ctx, &randomAccess{source}, size)
		},
		Words: func(ctx context.Context, file io.ReadSeeker, size int64, name string) (string, error) {
			return text.Words(ctx, &randomAccess{file}, size, name)
		},
		Directions: paper.Directions,
		Compare:    text.Compare, OneSender: oneSender}
}
