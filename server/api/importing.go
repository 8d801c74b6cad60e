package api

import (
	"context"
	"fmt"

	"github.com/gin-gonic/gin"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
)

// maxImportProblems bounds how many lines one answer names.
const maxImportProblems = 1000

// ImportDirectory brings in a file, or tells what it would do.
func (r administrationRoom) ImportDirectory(ctx context.Context, in gen.ImportDirectoryRequestObject) (gen.ImportDirectoryResponseObject, error) {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return nil, fmt.Errorf("import outside a request: %T", ctx)
	}
	dryRun := in.Params.DryRun == nil || *in.Params.DryRun
	done, err := r.accounts.Import(ctx, personOf(ctx), accounts.Import{Of: string(in.Params.Of), Content: in.Body, DryRun: dryRun})
	if err != nil {
		return nil, err
	}
	tongue := languageOf(c.GetHeader("Accept-Language"))
	out := gen.ImportResult{DryRun: done.DryRun, Added: done.Added, Changed: done.Changed, Unchanged: done.Unchanged, Problems: []gen.ImportProblem{}}
	for _, p := range done.Problems[:min(len(done.Problems), maxImportProblems)] {
		out.Problems = append(out.Problems, gen.ImportProblem{Line: p.Line, Column: p.Column, Message: say(p.Text, tongue)})
	}
	if len(done.Secrets) > 0 {
		secrets := make([]gen.ImportSecret, len(done.Secrets))
		for i, s := range done.Secrets {
			secrets[i] = gen.ImportSecret{Login: s.Login, Password: s.Password}
		}
		out.Secrets = &secrets
	}
	return gen.ImportDirectory200JSONResponse(out), nil
}
