"""Everything inside the cluster, written once: it starts at a Kubernetes provider and knows no cloud."""
