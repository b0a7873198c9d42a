//go:build tools

// Package tools pins the Pulumi engine that CI builds when no official CLI is on PATH.
package tools

import (
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
)
