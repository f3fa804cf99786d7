"""What the server costs, measured: ``make bench``. Figures are held against a bare WSGI function in the same run."""
