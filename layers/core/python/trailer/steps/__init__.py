"""One use case per module: domain, wire and ports, no AWS client in sight."""
