"""Rules of a person for entries of statements, and what is learnt from choices that were confirmed."""
