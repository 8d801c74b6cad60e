package api_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// What happens after a screen has read and before its stream is open would
// otherwise show with the next change only.
func TestChanges_WhatHappenedBeforeTheStreamWasOpenIsTold(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Officer.AccountID)
	var me struct{ AnsweredAt time.Time }
	c.get("/api/me").need(t, 200).into(t, &me)
	id := c.post("/api/documents", aDraft(c.upload("văn bản.pdf", aPDF(t)).ID)).need(t, 201).identified(t)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	since := url.Values{"since": {me.AnsweredAt.Format(time.RFC3339Nano)}}
	resp, err := c.http.Do(c.request(ctx, http.MethodGet, "/api/changes?"+since.Encode(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), id) {
			return
		}
	}
	t.Error("the draft saved before the stream was open is not told")
}
