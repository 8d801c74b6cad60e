package bench

import "context"

func measureLists(context.Context, *bench) ([]Row, error) { return nil, nil }
