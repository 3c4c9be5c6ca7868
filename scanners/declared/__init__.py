"""The register: what the organisation says of its own data.  Being written."""
