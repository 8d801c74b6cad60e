package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"congvan/server/api/gen"
)

// systemRoom tells about the installation.
type systemRoom struct{ version Version }

// ReadVersion tells what runs here.
func (r systemRoom) ReadVersion(context.Context, gen.ReadVersionRequestObject) (gen.ReadVersionResponseObject, error) {
	return gen.ReadVersion200JSONResponse{Version: r.version.Version, Training: r.version.Training, Demo: r.version.Demo}, nil
}

// readyTime bounds all checks of readiness together.
const readyTime = 3 * time.Second

// mountSystem routes what is no operation of the contract: signs of life,
// measurements, and the contract itself.
func (g *gate) mountSystem(engine *gin.Engine) {
	engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	engine.GET("/readyz", g.ready)
	engine.GET("/metrics", g.near, gin.WrapH(promhttp.HandlerFor(g.opts.Metrics, promhttp.HandlerOpts{})))
	engine.GET("/api/openapi.yaml", func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "application/yaml; charset=utf-8", contractText)
	})
	engine.GET("/api/docs", g.docs)
}

// ready tells whether requests can be served; of what is missing only the name.
func (g *gate) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyTime)
	defer cancel()
	status, states := http.StatusOK, map[string]string{}
	for _, check := range g.opts.Ready {
		states[check.Name] = "ok"
		if err := check.Test(ctx); err != nil {
			status, states[check.Name] = http.StatusServiceUnavailable, "unavailable"
			g.opts.Log.WarnContext(ctx, "not ready", slog.String("check", check.Name), slog.Any("error", err))
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(status, states)
}

// near lets only machines of the same network read the measurements; to the
// rest of the world there are none.
func (g *gate) near(c *gin.Context) {
	addr, err := netip.ParseAddr(c.ClientIP())
	if err != nil || !addr.Unmap().IsLoopback() && !addr.Unmap().IsPrivate() {
		g.problem(c, http.StatusNotFound, errNotHere)
	}
}
