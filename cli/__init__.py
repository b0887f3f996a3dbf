"""The command line ``trailer``: the same commands on the AWS of one machine and on Amazon's."""
