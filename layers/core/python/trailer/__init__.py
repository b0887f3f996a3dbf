"""The product: from an uploaded film to one trailer per viewer profile."""
