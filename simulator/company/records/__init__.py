"""What Larkfield keeps, one module a resource."""
