"""Programs are told by HTTP of what happens in a company: signed, tried again, and never in a private network."""
