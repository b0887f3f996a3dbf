"""What somebody asked for and what has to be done for it: uploads, options, jobs, turns, prices."""
