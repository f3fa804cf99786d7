"""The billing run of a company: settings, preview, approval, documents, report."""
