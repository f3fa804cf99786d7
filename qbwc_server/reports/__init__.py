"""What the faces show: the state of a company, a document, its proof; made once above both halves, without rules."""
