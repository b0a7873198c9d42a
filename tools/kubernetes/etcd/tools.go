//go:build tools

// Package tools pins the store behind the Kubernetes API server of the tests.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)
