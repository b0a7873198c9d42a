//go:build tools

// Package tools pins the Kubernetes API server that the tests ask whether it takes the rendered objects.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
