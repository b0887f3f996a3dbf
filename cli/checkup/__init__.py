"""What ``trailer doctor`` looks at, one module for each kind of trouble, and what it can do about it."""
