"""Where documents come from: files for now. A channel makes drafts; it never sees the queue or QuickBooks."""
