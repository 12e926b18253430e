//go:build promtail

// Package promtail names what is to be built, so that the versions in go.mod stay.
package promtail

import _ "github.com/grafana/loki/v3/clients/cmd/promtail"
