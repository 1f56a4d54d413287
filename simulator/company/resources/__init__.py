"""What the back office answers, one module a resource."""
