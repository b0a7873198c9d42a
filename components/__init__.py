"""The topology as Pulumi components: configuration in, resources out. Nothing here reads the command line."""
