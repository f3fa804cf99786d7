"""Who is told by e-mail that something is wrong with a company, that it is well again, and what there was."""
